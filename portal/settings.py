"""Settings of the portal. Everything that differs between places comes from the environment (see .env.example)."""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from portal.lib import mailbox

BASE_DIR = Path(__file__).resolve().parent.parent
env = os.environ.get

DEBUG = env("DEBUG", "0") == "1"
DEMO = env("DEMO", "0") == "1"  # one-click sign-in cards and no second factor for them; checks.py guards it
TESTING = "pytest" in sys.modules
SECRET_KEY = env("SECRET_KEY", "")
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

# An upload may hold children's names: it stays in memory and never becomes a temporary file (the limit is 10 MB).
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "heroicons",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "people",
    "partnerships",
    "activities",
    "credits",
    "portal",
]

MIDDLEWARE = [
    "portal.middleware.CallerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.RefusalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "people.idle.IdleMiddleware",
    "people.language.LanguageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "people.gate.ActorMiddleware",
    "people.second_factor.SecondFactorMiddleware",
    "people.gate.GateMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context.permissions",
            ],
            "builtins": [
                "portal.lib.templatetags.ui",
                "portal.templatetags.pages",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

# --- rows -------------------------------------------------------------------------------------------------------------


def database(url: str) -> dict:
    """`postgresql://user:password@host:port/name?host=/socket/folder` → Django's dictionary."""
    parts = urlsplit(url)
    socket = parse_qs(parts.query).get("host", [""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # many short statements: to compile one takes longer than to run it (pages took twice as long with JIT)
            "options": "-c jit=off -c lock_timeout=2s -c statement_timeout=30s"
            " -c idle_in_transaction_session_timeout=30s"
        },
    }


DATABASES = {"default": database(env("DATABASE_URL", "postgresql://portal@localhost/portal"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env("REDIS_URL", "redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
IDENTITY_KEYS = env("IDENTITY_KEYS", "")  # 1:base64,2:base64 – the last one writes
IDENTITY_MAC_KEY = env("IDENTITY_MAC_KEY", "")

# --- who comes in -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # user names are unique without regard to case, by constraint
AUTHENTICATION_BACKENDS = ["people.signin.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # of the link that a lead prints
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "people.signin.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "change_password": "people.code_forms.NewPasswordForm",
    "reauthenticate": "people.code_forms.PasswordAgainForm",
}
MFA_FORMS = {
    "authenticate": "people.code_forms.CodeForm",
    "reauthenticate": "people.code_forms.CodeAgainForm",
    "activate_totp": "people.code_forms.FirstCodeForm",
}
MFA_ADAPTER = "people.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code just before or after its half minute
MFA_TOTP_ISSUER = "馆校通"
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 30 * 24 * 3600
LOCKOUT_FAILURES = int(env("LOCKOUT_FAILURES", "5"))
LOCKOUT_MINUTES = int(env("LOCKOUT_MINUTES", "15"))
IDLE_MINUTES = int(env("IDLE_MINUTES", "15"))
ACCOUNT_RATE_LIMITS = {"login_failed": f"{LOCKOUT_FAILURES}/{LOCKOUT_MINUTES}m/key,50/{LOCKOUT_MINUTES}m/ip"}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# proxies of ours before the portal: limits and lock-outs count the address that the outermost of them was called from
TRUSTED_PROXIES = int(env("TRUSTED_PROXIES", "0"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env("HTTPS", "0") == "1"
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if env("HTTPS", "0") == "1" else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env("HTTPS", "0") == "1" else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- other systems ----------------------------------------------------------------------------------------------------

API_REQUESTS_A_MINUTE = int(env("API_REQUESTS_A_MINUTE", "600"))  # of one client or person
API_REQUESTS_A_MINUTE_OF_NOBODY = int(env("API_REQUESTS_A_MINUTE_OF_NOBODY", "60"))  # from one address
API_TOKENS_A_MINUTE = int(env("API_TOKENS_A_MINUTE", "20"))  # from one address
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.callers.BearerAuthentication",
        "portal.api.callers.HatAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.needs.Declared"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.pages.Pages",
    "DEFAULT_FILTER_BACKENDS": ["portal.api.filters.Backend"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.Described",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "portal.api.problems.handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "馆校通 Guanxiao",
    "DESCRIPTION": "Schools, venues, agreements, sessions, bookings, rolls and credits of one district.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [],  # enums stay where they are used
    "SORT_OPERATIONS": True,
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "portal.Client"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 900,
    "DEFAULT_SCOPES": [],
    "SCOPES_BACKEND_CLASS": "portal.api.tokens.Scopes",
    "OAUTH2_VALIDATOR_CLASS": "portal.api.tokens.Validator",
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # the table keeps a checksum and no token
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
}

# --- language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # uploads are rows, never files
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- jobs -------------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}  # above the longest task_time_limit
CELERY_TIMEZONE = TIME_ZONE
OUTBOUND_LOOPBACK = False  # the tests' own servers; no environment switches it on, and portal/checks.py refuses it
CELERY_BEAT_SCHEDULE_FILENAME = env("BEAT_FILE", "/tmp/guanxiao-beat")  # noqa: S108 - only beat's own notes

# --- mail (people/mail.py) --------------------------------------------------------------------------------------------

EMAIL_URL = env("EMAIL_URL", "")
globals().update(mailbox.settings_of(EMAIL_URL))  # MAIL_ON and Django's EMAIL_*; without a server no mail
MAIL_FROM = env("MAIL_FROM", "") or "馆校通 <notices@localhost>"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
SITE_URL = env("SITE_URL", "") or "http://localhost:8000"  # what links in mail and chats begin with

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
}

if TESTING:
    SECRET_KEY = SECRET_KEY or "test"
    IDENTITY_KEYS = IDENTITY_KEYS or "1:" + "A" * 43 + "="
    IDENTITY_MAC_KEY = IDENTITY_MAC_KEY or "test"
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
