"""Jobs of the two sides: safe to run twice, late or beside themselves."""

from celery import shared_task

from partnerships import roster_changes


@shared_task(name="partnerships.finish_classes")
def finish_classes() -> None:
    """Pupils of classes that have been through their stage are no longer enrolled there."""
    roster_changes.finish_classes()
