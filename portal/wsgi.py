"""What the web server imports. It does not start with settings that let strangers in."""

import os

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
if faults := run_checks(tags=["demo"]):
    raise ImproperlyConfigured(" ".join(fault.msg for fault in faults))
