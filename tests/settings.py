"""The portal's settings as the tests see them. Importing this brings up throw-away services unless both URLs are given."""

import os

from house import services, translations

services.for_tests()
translations.compile_all()
os.environ.setdefault("SECRET_KEY", "only for tests")
os.environ.setdefault("IDENTITY_KEYS", "1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
os.environ["DEBUG"] = "0"
os.environ["DEMO"] = "0"
os.environ["EMAIL_URL"] = ""  # tests that want mail bring a server of their own

from portal.settings import *  # noqa: E402, F403

# 0.03 s a signed-in test instead of 0.27 s; one test stays on the real hasher
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.Argon2PasswordHasher"]
# one cache per process: the workers of a parallel run must not clear each other's
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# one world serves a whole part of the tests inside one transaction, which may wait longer than a reader's ever should
DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"  # noqa: F405
ALLOWED_HOSTS = ["*"]
IDLE_MINUTES = 60 * 24 * 366  # tests walk the clock; those of the idle log-out set their own
