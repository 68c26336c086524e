"""The installation, read from the environment. Without any, this is production: https, no demo, no debug.

DEMO=1          a demo district on plain http, for one's own machine
DEBUG=1         Django's debug pages, for developers
HTTPS=0         plain http in an intranet without certificates (default: 1, but 0 in demo and debug)
DATABASE_URL    default: SQLite in var/db.sqlite3; postgres://user@host/name for PostgreSQL
REPLICA_URL     a streaming replica of that PostgreSQL: pages are read from it (default: none)
REDIS_URL       cache and sessions of several web machines (default: in the database)
ALLOWED_HOSTS   host names, comma separated (demo: this machine only)
SITE_URL        where readers of a paper reach this installation, for its QR code (default: https:// and the first of
                ALLOWED_HOSTS; demo: this machine). Without any, the QR code holds the verification code alone
OFFICE_PHONE    the telephone of the CPPCC office, told to those who cannot hand in by themselves (default: none)
ORGAN           whose name stands in the certificate that signs papers; set it before the first start (default: 商量)
S3_BUCKET       a bucket on S3-compatible storage for attachments, papers and exports (default: none, they lie in VAR_DIR/files)
S3_ENDPOINT_URL where that storage answers, https://… (default: Amazon's)
S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION  how we are known there; the region only where the storage has any (default: us-east-1)
S3_ADDRESSING   path or virtual: is the bucket named in the path or in the host name? (default: path)
TRUSTED_PROXIES number of reverse proxies in front whose X-Forwarded-* headers count (default: 0)
SECRET_KEY      default: the file secret_key in KEY_DIR (default: var/keys), made by the first `manage.py` command
VAR_DIR         the one directory the product writes to (default: var)
METRICS_TOKEN   what a Prometheus must say to read /metrics (default: nobody may)
LOG_FORMAT      json for one JSON object a line (default: text)
SMS_BACKEND     the class that sends text messages (default: they are written to VAR_DIR/sms)
EMAIL_HOST …    where mail leaves the house; without it none is sent
"""

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import keys


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def _site_url() -> str:
    """Without a slash at the end; "" when nothing is known that a reader elsewhere could open."""
    if "SITE_URL" in os.environ:
        return os.environ["SITE_URL"].strip().rstrip("/")
    if TESTING:
        return "https://consult.example"
    named = next((host for host in _names("ALLOWED_HOSTS") if host[0] not in "*."), "")
    if DEMO and not named:
        return f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    return f"{'https' if HTTPS else 'http'}://{named}" if named else ""


def _names(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


# --- which kind of installation ---------------------------------------------------------------------------

TESTING = "PYTEST_VERSION" in os.environ
DEMO = _flag("DEMO")
DEBUG = _flag("DEBUG") and not TESTING
HTTPS = _flag("HTTPS", default=not (DEMO or DEBUG or TESTING))

BASE_DIR = keys.BASE_DIR
VAR_DIR = Path(tempfile.gettempdir()) / f"consult-tests-{os.getpid()}" if TESTING else keys.var_dir()
KEY_DIR = VAR_DIR / "keys" if TESTING else keys.key_dir()
VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 4 if TESTING else keys.secret_key()
if not SECRET_KEY:
    raise ImproperlyConfigured(
        f"There is no secret key: set SECRET_KEY, or run any `manage.py` command once to make {keys.secret_key_file()}.")

ALLOWED_HOSTS = _names("ALLOWED_HOSTS")
if DEMO or DEBUG or TESTING:
    ALLOWED_HOSTS += ["localhost", ".localhost", "127.0.0.1", "[::1]", *(["testserver"] if TESTING else [])]
SITE_URL = _site_url()
ORGAN = os.environ.get("ORGAN", "").strip() or "商量 Shangliang"
OFFICE_PHONE = os.environ.get("OFFICE_PHONE", "").strip()
CSRF_TRUSTED_ORIGINS = _names("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

# The demonstration's password is made for each installation and shown on its own sign-in page (portal/demo/card.py).
_card = KEY_DIR / "demo_password"
DEMO_PASSWORD = _card.read_text(encoding="ascii").strip() if DEMO and _card.exists() else ""

# prometheus_client reads the directory from the environment when it is first imported.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "").strip()
METRICS_DIR = VAR_DIR / "metrics"
METRICS_DIR.mkdir(exist_ok=True, mode=0o700)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

# --- what it is made of -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal",
    "consult.kit",
    "consult.people",
    "consult.renewal",
    "consult.opinions",
    "consult.surveys",
    "consult.topics",
    "consult.consultations",
    "consult.recommendations",
    "consult.briefings",
    "consult.tasks",
    "consult.followups",
    "consult.evaluations",
    "consult.showcases",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "portal.assets.Assets",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "guardian",
]

MIDDLEWARE = [
    "portal.watch.Watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "portal.kit.sessions.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.kit.kept.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.kit.access.AccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [BASE_DIR / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "django.template.context_processors.i18n",
        "portal.kit.context.desk",
    ]},
}]
FORM_RENDERER = "portal.kit.forms.Renderer"
FILTERS_EMPTY_CHOICE_LABEL = _("All")

# --- data -------------------------------------------------------------------------------------------------


def _wal_is_safe(version: tuple[int, ...]) -> bool:
    """SQLite before 3.51.3 can lose commits in WAL mode with several connections; two back-ports are mended too."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _sqlite_options() -> dict[str, Any]:
    # EXTRA in rollback mode and FULL in WAL mode: what was acknowledged survives a power cut.
    journal = ("journal_mode=WAL", "synchronous=FULL") if _wal_is_safe(sqlite3.sqlite_version_info) \
        else ("journal_mode=DELETE", "synchronous=EXTRA")
    # Not trusted_schema=OFF: SQLite 3.40 then refuses the JSON_VALID() checks Django puts on its tables.
    pragmas = (*journal, "foreign_keys=ON", "secure_delete=ON")
    return {"transaction_mode": "IMMEDIATE", "timeout": 20,
            "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas)}


#: A database server that is gone is noticed within seconds: the system would wait for a quarter of an hour.
_NOTICED = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
            "tcp_user_timeout": 10_000}


#: Pages are many short questions, answered from memory or a solid-state disk: an index is worth it, compiling a plan is not.
_PLANS = "-c random_page_cost=1.1 -c jit=off"


def _database() -> dict[str, Any]:
    url = (os.environ.get("TEST_DATABASE_URL") if TESTING else "") or os.environ.get("DATABASE_URL")
    database: dict[str, Any] = dict(dj_database_url.parse(url or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        options.update(_sqlite_options())
    else:
        # Tests throw their database away: they need not wait for the disk.
        quick = " -c synchronous_commit=off" if TESTING else ""
        options.setdefault("options", f"-c statement_timeout=30000 -c lock_timeout=10000 {_PLANS}{quick}")
        database["OPTIONS"] = {**_NOTICED, **options}
        database.update(CONN_MAX_AGE=0 if TESTING else 60, CONN_HEALTH_CHECKS=True)
    return database


DATABASES = {"default": _database()}
if REPLICA_URL := "" if TESTING else os.environ.get("REPLICA_URL", ""):
    replica: dict[str, Any] = {**DATABASES["default"], **dj_database_url.parse(REPLICA_URL)}
    replica["OPTIONS"] = {**_NOTICED, "options": f"-c statement_timeout=30000 {_PLANS}", "connect_timeout": 2,
                          **dj_database_url.parse(REPLICA_URL).get("OPTIONS", {})}
    DATABASES["replica"] = {**replica, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASE_ROUTERS = ["portal.replica.Router"]
    MIDDLEWARE.insert(MIDDLEWARE.index("portal.kit.sessions.Sessions"), "portal.replica.ReadYourWrites")

MEDIA_ROOT = VAR_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# In the database, so that all processes count attempts to sign in together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"} if TESTING
          else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache",
                # Django's 300 would throw limits away on a busy day.
                "OPTIONS": {"MAX_ENTRIES": 50_000}}}
if REDIS_URL := "" if TESTING else os.environ.get("REDIS_URL", ""):
    # No longer than a moment for a Redis that is gone; what it held then comes from the database.
    CACHES = {"spare": CACHES["default"],
              "default": {"BACKEND": "portal.kit.caches.Shared", "LOCATION": REDIS_URL, "KEY_PREFIX": "consult",
                          "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2}}}
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend" if TESTING
                     else "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- people -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "portal.kit.adapter.Accounts",
    "consult.kit.rules.RuleBackend",
]
# guardian's own backend is left out: it knows no "until", so a grant that has run out would still say yes.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher" if TESTING else "django.contrib.auth.hashers.Argon2PasswordHasher",
]
# Cost of one guess at a receipt code (scrypt's N): consult/opinions/receipts.py.
RECEIPT_WORK = 2 if TESTING else 2 ** 14
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.kit.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Half an hour of idleness ends a session: portal.kit.sessions prolongs it.
SESSION_COOKIE_AGE = 30 * 60

# --- words and places -------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)


def _files(folder: str, **options: Any) -> dict[str, Any]:
    """Where files lie, see consult/kit/store.py: below VAR_DIR, or in a folder of the bucket."""
    if not S3_BUCKET:
        return {"BACKEND": "consult.kit.store.Disk", "OPTIONS": options}
    key, secret = os.environ.get("S3_ACCESS_KEY", "").strip(), os.environ.get("S3_SECRET_KEY", "").strip()
    if not (key and secret):
        raise ImproperlyConfigured("S3_BUCKET is set, so S3_ACCESS_KEY and S3_SECRET_KEY must be too.")
    return {"BACKEND": "consult.kit.s3.Bucket", "OPTIONS": {
        "bucket_name": S3_BUCKET, "location": folder, "access_key": key, "secret_key": secret,
        "endpoint_url": os.environ.get("S3_ENDPOINT_URL", "").strip() or None,
        "region_name": os.environ.get("S3_REGION", "").strip() or "us-east-1",
        "addressing_style": os.environ.get("S3_ADDRESSING", "").strip() or "path"}}


S3_BUCKET = "" if TESTING else os.environ.get("S3_BUCKET", "").strip()
STORAGES = {
    "default": _files("files"),
    "arrivals": _files("arrivals", location=VAR_DIR / "arrivals"),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if TESTING or DEBUG
                    else "portal.kit.storage.Static"},
}

# --- the door ---------------------------------------------------------------------------------------------

_cookie = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_cookie}session"
CSRF_COOKIE_NAME = f"{_cookie}csrf"
LANGUAGE_COOKIE_NAME = f"{_cookie}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CSRF_FAILURE_VIEW = "portal.kit.kept.expired"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "manifest-src": [SELF],
    "worker-src": [SELF],
}}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
                                "microphone", "midi", "payment", "usb")}

# --- post and log -----------------------------------------------------------------------------------------

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("EMAIL_FROM", "noreply@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"

# A class with send(number, text, at), see consult/kit/sms.py; by default messages are written to VAR_DIR/sms.
SMS_BACKEND = os.environ.get("SMS_BACKEND", "").strip() or "consult.kit.sms.ToFile"

# To stderr, for the service manager to keep. Messages name paths and verbs, never a person's words or address.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "pythonjsonlogger.json.JsonFormatter",
                 "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"},
    },
    "filters": {"named": {"()": "portal.logs.Named"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["named"],
                            "formatter": "json" if os.environ.get("LOG_FORMAT") == "json" else "text"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Anybody can send a false host name; the answer 400 says enough.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "consult": {"level": "INFO"},
        "portal": {"level": "INFO"},
        # A line for each request is for machines to read.
        "portal.requests": {"level": "INFO" if os.environ.get("LOG_FORMAT") == "json" else "WARNING"},
    },
}
