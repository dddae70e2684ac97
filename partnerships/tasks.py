"""Jobs of the two sides: safe to run twice, late or beside themselves."""

from celery import shared_task

from partnerships import kept_places, roster_changes


@shared_task(name="partnerships.draw_schools")
def draw_schools() -> None:
    """Schools drawn by lot, beside those for which places are held back."""
    kept_places.draw_all()


@shared_task(name="partnerships.finish_classes")
def finish_classes() -> None:
    """Pupils of classes that have been through their stage are no longer enrolled there."""
    roster_changes.finish_classes()
