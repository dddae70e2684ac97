"""Jobs of what happens: sweeps, safe to run twice, late or beside themselves."""

from celery import shared_task

from activities import following, waitlist


@shared_task(name="activities.reopen")
def reopen() -> None:
    """Assignments whose check or listing no longer counts."""
    following.reopen_due()


@shared_task(name="activities.offer_places")
def offer_places(session_id: int) -> None:
    """Places of one session that have just become free."""
    waitlist.offer_places(session_id)


@shared_task(name="activities.run_waitlists")
def run_waitlists() -> None:
    """Offers that are over, sessions that have begun, and places whose message was lost."""
    waitlist.sweep()
