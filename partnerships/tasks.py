"""Jobs of the two sides: a sweep, safe to run twice, late or beside itself."""

from celery import shared_task

from partnerships import reminders


@shared_task(name="partnerships.remind")
def remind() -> None:
    reminders.remind()
