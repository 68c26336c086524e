"""An installation for real worker processes: no tests' shortcuts, but made in a moment, and with short leases."""

import os
from typing import Any

from portal.settings import *  # noqa: F403


class Without(dict[str, Any]):
    """No migrations: the tables are made as the models say."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> None:
        return None


MIGRATION_MODULES = Without()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RECEIPT_WORK = 2
STORAGES = {**STORAGES,  # noqa: F405
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # pages need no collected files
JOB_LEASE = float(os.environ.get("JOB_LEASE", "3"))
JOB_LIMIT = float(os.environ.get("JOB_LIMIT", "600"))
