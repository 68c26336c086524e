"""Which static files are served: ours and the vendored ones."""

from django.contrib.staticfiles import apps


class Assets(apps.StaticFilesConfig):
    """Leaves out the htmx that comes with a library: the pages use the vendored one."""

    ignore_patterns = [*apps.StaticFilesConfig.ignore_patterns, "django_htmx"]
