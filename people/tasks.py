"""Jobs of people: safe twice, late, or beside themselves."""

from celery import shared_task

from people import deliveries, reminders


@shared_task(name="people.deliver")
def deliver() -> None:
    """Send the mails and group messages that are due."""
    deliveries.run()


@shared_task(name="people.forget_deliveries")
def forget_deliveries() -> None:
    """Mails and group messages that went out long ago."""
    deliveries.forget()


@shared_task(name="people.remind")
def remind() -> None:
    """Tell everybody what time alone has brought about."""
    reminders.run()
