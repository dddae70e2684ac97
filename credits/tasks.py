"""Jobs of credits: rung by the roll call, and a sweep for every bell that nobody heard. Safe twice, late, beside itself."""

from celery import shared_task

from activities.models import Booking
from credits import ledger, sweep


@shared_task(name="credits.post")
def post(booking_id: int) -> None:
    """Post what the roll of one booking entitles to."""
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking:
        ledger.post(booking)


@shared_task(name="credits.sweep_recent")
def sweep_recent() -> None:
    """Rolls of the last three days."""
    sweep.recent()


@shared_task(name="credits.sweep")
def sweep_all() -> None:
    """Every roll: also finds what a new pilot or a first rule entitles to."""
    sweep.run()
