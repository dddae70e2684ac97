"""Jobs of the roof."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from people import once
from portal.imports import uploads


@shared_task(name="portal.forget_uploads")
def forget_uploads() -> None:
    """Uploads whose preview is over, and keys of forms that were sent long ago."""
    uploads.forget_expired()
    once.forget()


@shared_task(name="portal.forget_sessions")
def forget_sessions() -> None:
    """Sessions that nobody signed out of; an idle one opens nothing, but its row stays."""
    SessionStore.clear_expired()
