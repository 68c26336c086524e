"""Static files under names that carry their fingerprint, so that browsers may keep them for ever."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Static(CompressedManifestStaticFilesStorage):
    """Vendored files keep their source map comments, but the maps are not shipped: those names stay as they are."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patterns = {glob: [(pattern, name) for pattern, name in pairs
                                 if "sourceMappingURL" not in pattern.pattern]
                          for glob, pairs in self._patterns.items()}
