"""The Celery app and *the* timetable. Celery is a doorbell: a lost message costs time, never truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# name → task, seconds between runs. Each may run twice, late or beside itself.
TIMETABLE: dict[str, tuple[str, float]] = {
    "credits of recent rolls": ("credits.sweep_recent", 120),
    "credits of all rolls": ("credits.sweep", 3600),
    "uploads whose preview is over": ("portal.forget_uploads", 300),
    "changes that other systems follow": ("portal.mark_changes", 60),
    "keys and tokens that are over": ("portal.forget_keys", 3600),
    "sessions that are over": ("portal.forget_sessions", 6 * 3600),
    "agreements and titles that end soon": ("partnerships.remind", 3600),
}

app.conf.beat_schedule = {name: {"task": task, "schedule": seconds} for name, (task, seconds) in TIMETABLE.items()}
