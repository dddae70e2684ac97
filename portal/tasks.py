"""Jobs of the roof."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from oauth2_provider.models import clear_expired

from people import once
from portal import books
from portal.api import following, idempotency
from portal.imports import uploads
from portal.jobs import running
from portal.reports import drafts
from portal.systems import delivering


@shared_task(name="portal.forget_uploads")
def forget_uploads() -> None:
    """Uploads whose preview is over, and keys of forms that were sent long ago."""
    uploads.forget_expired()
    once.forget()


@shared_task(name="portal.forget_sessions")
def forget_sessions() -> None:
    """Sessions that nobody signed out of; an idle one opens nothing, but its row stays."""
    SessionStore.clear_expired()


@shared_task(name="portal.mark_changes")
def mark_changes() -> None:
    """The number of the transactions of this minute, by which the API translates instants."""
    following.mark()


@shared_task(name="portal.forget_keys")
def forget_keys() -> None:
    """Idempotency keys of yesterday, and tokens that open nothing any more."""
    idempotency.forget_expired()
    clear_expired()


@shared_task(name="portal.beat")
def beat() -> None:
    """A worker's heartbeat, once a minute: that it is written says that worker, broker and clock are there."""
    running.beat("worker")


@shared_task(name="portal.deliver_webhooks")
def deliver_webhooks() -> None:
    """New events, and messages to other systems whose next try is due."""
    delivering.run()


@shared_task(name="portal.forget_deliveries")
def forget_deliveries() -> None:
    """Messages to other systems that ended a month ago."""
    delivering.forget()


@shared_task(name="portal.plan_reports")
def plan_reports() -> None:
    """Reports that the calendar asks for, and whatever still waits to be drafted."""
    drafts.plan_due()
    drafts.draft_due()


@shared_task(name="portal.draft_report")
def draft_report(pk: int) -> None:
    """One report that somebody asked for."""
    drafts.draft(pk)


@shared_task(name="portal.check_books")
def check_books() -> None:
    """Every sum and copy against what it comes from, at night; fails where one differs."""
    books.check()
