"""The floor, settings and page in one: a bare Django page with the same session, one query for 25 rows, one small template."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.load.bench_floor_urls"
INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith("allauth")]  # noqa: F405
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
MIDDLEWARE = ["portal.kit.sessions.Sessions", "django.contrib.auth.middleware.AuthenticationMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
