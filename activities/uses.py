"""What a booking takes of the commitments of its agreement: reserved when booked, delivered when attended."""

from activities.models import Booking, CommitmentUse, Programme
from activities.models.price import PriceKind
from partnerships import commitments
from partnerships.models import BookingRules, Commitment
from portal.lib import clock

KIND_OF = {
    Programme.Direction.GO_OUT: Commitment.Kind.VISITS,
    Programme.Direction.BRING_IN: Commitment.Kind.IN_SCHOOL,
}


def rules_of(booking: Booking) -> BookingRules:
    """The venue's rules as they are today."""
    return BookingRules.objects.of(booking.session.provider_id, on=clock.today())


def amounts(booking: Booking, pupils: int) -> dict[str, int]:
    """How much of each kind of commitment a booking of so many pupils stands for."""
    programme = booking.session.programme
    found = {Commitment.Kind.PUPILS: pupils}
    if kind := KIND_OF.get(programme.direction):
        found[kind] = 1
    if booking.session.price_kind != PriceKind.PAID:
        found[Commitment.Kind.FREE_PLACES] = pupils
    return found


def take(booking: Booking) -> None:
    """Reserve what the booking needs, by id of the commitment; raises Refused at a ceiling."""
    if booking.agreement is None:
        return
    needed = amounts(booking, booking.pupils)
    parties = {booking.school_id, booking.session.provider_id}
    for commitment in commitments.of_visit(booking.agreement, booking.session.day, needed):
        if commitment.party.organisation_id in parties:
            commitments.take(commitment, needed[commitment.kind])
            CommitmentUse.objects.create(booking=booking, commitment=commitment, reserved=needed[commitment.kind])


def give_back(booking: Booking) -> None:
    """Release everything that the booking has reserved."""
    for use in booking.uses.filter(reserved__gt=0).select_related("commitment").order_by("commitment"):
        commitments.give_back(use.commitment, use.reserved)
        CommitmentUse.objects.filter(pk=use.pk).update(reserved=0)


def deliver(booking: Booking) -> None:
    """Turn the reservation into what came, capped where the agreement says "at most"."""
    came = amounts(booking, there(booking))
    for use in booking.uses.filter(reserved__gt=0).select_related("commitment").order_by("commitment"):
        commitment = Commitment.objects.select_for_update(no_key=True).get(pk=use.commitment_id)
        delivered = came[commitment.kind]
        if commitment.is_ceiling:
            others = commitment.reserved - use.reserved + commitment.delivered
            delivered = min(delivered, commitment.promised - others)
        commitments.deliver(commitment, reserved=use.reserved, delivered=delivered)
        CommitmentUse.objects.filter(pk=use.pk).update(reserved=0, delivered=delivered)


def there(booking: Booking) -> int:
    """Pupils who came: those marked on the roll and those counted by heads."""
    return booking.roll.there().count() + (booking.attended or 0)


def redeliver(booking: Booking) -> None:
    """After a corrected roll: add to or take from what was delivered, capped where the agreement says "at most"."""
    came = amounts(booking, there(booking))
    for use in booking.uses.filter(reserved=0).select_related("commitment").order_by("commitment"):
        commitment = Commitment.objects.select_for_update(no_key=True).get(pk=use.commitment_id)
        delivered = came[commitment.kind]
        if commitment.is_ceiling:
            others = commitment.reserved + commitment.delivered - use.delivered
            delivered = min(delivered, commitment.promised - others)
        if delivered != use.delivered:
            commitments.correct(commitment, delivered=delivered - use.delivered)
            CommitmentUse.objects.filter(pk=use.pk).update(delivered=delivered)
