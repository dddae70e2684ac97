"""Jobs of what happens: sweeps, safe to run twice, late or beside themselves."""

from celery import shared_task

from activities import following


@shared_task(name="activities.reopen")
def reopen() -> None:
    """Assignments whose check or listing no longer counts."""
    following.reopen_due()
