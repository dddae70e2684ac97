"""Jobs of the roof."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from portal.imports import uploads


@shared_task(name="portal.forget_uploads")
def forget_uploads() -> None:
    """Uploads whose preview is over."""
    uploads.forget_expired()


@shared_task(name="portal.forget_sessions")
def forget_sessions() -> None:
    """Sessions that nobody signed out of; an idle one opens nothing, but its row stays."""
    SessionStore.clear_expired()
