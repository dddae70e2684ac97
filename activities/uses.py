"""What a booking takes of the commitments of its agreement: reserved when booked, delivered when attended."""

from django.utils import timezone

from activities.models import Booking, CommitmentUse, Programme, Session
from activities.models.price import PriceKind
from partnerships import commitments
from partnerships.models import Agreement, BookingRules, Commitment

KIND_OF = {
    Programme.Direction.GO_OUT: Commitment.Kind.VISITS,
    Programme.Direction.BRING_IN: Commitment.Kind.IN_SCHOOL,
}


def rules_of(booking: Booking) -> BookingRules:
    """The venue's rules of the day on which the group was booked: what its school was told then."""
    return BookingRules.objects.of(booking.session.provider_id, on=timezone.localtime(booking.requested_at).date())


def amounts(session: Session, pupils: int) -> dict[str, int]:
    """How much of each kind of commitment a group of so many pupils stands for."""
    found: dict[str, int] = {Commitment.Kind.PUPILS: pupils}
    if kind := KIND_OF.get(Programme.Direction(session.programme.direction)):
        found[kind] = 1
    if session.price_kind != PriceKind.PAID:
        found[Commitment.Kind.FREE_PLACES] = pupils
    return found


def needed(agreement: Agreement | None, session: Session, school_id: int, pupils: int) -> list[tuple[Commitment, int]]:
    """The commitments of the two sides that the group would use, by id, each with its amount."""
    if agreement is None:
        return []
    amount = amounts(session, pupils)
    sides = {school_id, session.provider_id}
    return [
        (commitment, amount[commitment.kind])
        for commitment in commitments.of_visit(agreement, session.day, amount)
        if commitment.party.organisation_id in sides
    ]


def take(booking: Booking) -> None:
    """Reserve what the booking needs, by id of the commitment; raises Refused at a ceiling."""
    for commitment, amount in needed(booking.agreement, booking.session, booking.school_id, booking.pupils):
        commitments.take(commitment, amount)
        CommitmentUse.objects.create(booking=booking, commitment=commitment, reserved=amount)


def give_back(booking: Booking) -> None:
    """Release everything that the booking has reserved."""
    for use in booking.uses.filter(reserved__gt=0).select_related("commitment").order_by("commitment"):
        commitments.give_back(use.commitment, use.reserved)
        CommitmentUse.objects.filter(pk=use.pk).update(reserved=0)


def swap(booking: Booking) -> None:
    """After the booking has moved to another session: release what stood for the old one, reserve for the new."""
    give_back(booking)
    booking.uses.filter(reserved=0, delivered=0).delete()
    take(booking)


def deliver(booking: Booking) -> None:
    """Turn the reservation into what came, capped where the agreement says "at most"."""
    came = amounts(booking.session, there(booking))
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
    came = amounts(booking.session, there(booking))
    for use in booking.uses.filter(reserved=0).select_related("commitment").order_by("commitment"):
        commitment = Commitment.objects.select_for_update(no_key=True).get(pk=use.commitment_id)
        delivered = came[commitment.kind]
        if commitment.is_ceiling:
            others = commitment.reserved + commitment.delivered - use.delivered
            delivered = min(delivered, commitment.promised - others)
        if delivered != use.delivered:
            commitments.correct(commitment, delivered=delivered - use.delivered)
            CommitmentUse.objects.filter(pk=use.pk).update(delivered=delivered)
