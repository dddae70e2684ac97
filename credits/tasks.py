"""Jobs of credits: rung by the roll call, and a sweep for every bell that nobody heard. Safe twice, late, beside itself."""

from celery import shared_task

from activities.models import Booking
from credits import clubs, ledger, publications, sweep
from credits.models import Result


@shared_task(name="credits.post")
def post(booking_id: int) -> None:
    """Post what the roll of one booking entitles to."""
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking:
        ledger.post(booking)


@shared_task(name="credits.post_result")
def post_result(result_id: int) -> None:
    """Post what one result entitles to."""
    result = Result.objects.filter(pk=result_id).first()
    if result:
        ledger.post(result)


@shared_task(name="credits.sweep_recent")
def sweep_recent() -> None:
    """Rolls of the last three days."""
    sweep.recent()


@shared_task(name="credits.sweep")
def sweep_all() -> None:
    """Every roll: also finds what a new pilot or a first rule entitles to."""
    sweep.run()


@shared_task(name="credits.settle_clubs")
def settle_clubs() -> None:
    """Clubs whose term is over: one result a pupil, from the rolls."""
    clubs.settle_all()


@shared_task(name="credits.finalise")
def finalise() -> None:
    """Publications whose period is over and whose objections are decided."""
    publications.finalise_ripe()
