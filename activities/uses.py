"""What a booking takes of the commitments of its agreement: reserved when booked, delivered when attended.

One verb, `settle`, makes the uses of a booking what the booking is now; every act that changes one calls it.
"""

from django.utils import timezone

from activities.models import Booking, CommitmentUse, Programme, Session
from activities.models.price import PriceKind
from partnerships import commitments
from partnerships.models import Agreement, BookingRules, Commitment

KIND_OF = {
    Programme.Direction.GO_OUT: Commitment.Kind.VISITS,
    Programme.Direction.BRING_IN: Commitment.Kind.IN_SCHOOL,
}
COMING = (Booking.State.REQUESTED, Booking.State.CONFIRMED)


def rules_of(booking: Booking) -> BookingRules:
    """The venue's rules of the day on which the group was booked: what its school was told then."""
    return BookingRules.objects.of(booking.session.provider_id, on=timezone.localtime(booking.requested_at).date())


def amounts(session: Session, pupils: int) -> dict[str, int]:
    """How much of each kind of commitment a group of so many pupils stands for."""
    found: dict[str, int] = {Commitment.Kind.PUPILS: pupils}
    if kind := KIND_OF.get(session.direction):
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


def settle(booking: Booking) -> None:
    """Make the uses what the booking is now: coming reserves, attended delivers, dead or missed releases.

    By id of the commitment, the order in which everybody waits; said twice it changes nothing. Raises Refused at a
    ceiling. What came beyond a ceiling is not counted: nobody is sent home for it.
    """
    rows = {use.commitment_id: use for use in booking.uses.select_related("commitment")}
    wanted: dict[int, tuple[Commitment, int]] = {}
    if booking.state in COMING or booking.state == Booking.State.ATTENDED:
        found = needed(booking.agreement, booking.session, booking.school_id, booking.pupils)
        wanted = {commitment.pk: (commitment, amount) for commitment, amount in found}
    came = amounts(booking.session, there(booking)) if booking.state == Booking.State.ATTENDED else None
    for key in sorted(rows.keys() | wanted.keys()):
        use = rows.get(key) or CommitmentUse(booking=booking, commitment=wanted[key][0])
        amount = wanted[key][1] if key in wanted else 0
        if came is None:
            _set(use, reserved=amount, delivered=0, released=use.released + max(use.reserved - amount, 0))
        else:
            _deliver(use, amount, came[use.commitment.kind] if key in wanted else 0)


def _deliver(use: CommitmentUse, booked: int, came: int) -> None:
    """Turn the reservation into what came, or correct it; how many came less than were booked is released."""
    commitment = Commitment.objects.select_for_update(no_key=True).get(pk=use.commitment_id)
    if commitment.is_ceiling:
        others = commitment.reserved + commitment.delivered - use.reserved - use.delivered
        came = min(came, max(commitment.promised - others, 0))
    short = max(booked - came, 0)
    if not use.reserved:  # delivered before: what was short then is not short any more
        short -= max(booked - use.delivered, 0) if use.pk else 0
    _set(use, reserved=0, delivered=came, released=max(use.released + short, 0))


def _set(use: CommitmentUse, *, reserved: int, delivered: int, released: int) -> None:
    """Write one use, and move the counters of its commitment by the difference."""
    more = {
        "reserved": reserved - use.reserved,
        "delivered": delivered - use.delivered,
        "released": released - use.released,
    }
    if not any(more.values()):
        return
    commitments.post(use.commitment, **more)
    use.reserved, use.delivered, use.released = reserved, delivered, released
    use.save()


def there(booking: Booking) -> int:
    """Pupils who came: those marked on the roll and those counted by heads."""
    return booking.roll.there().count() + (booking.attended or 0)


def settle_all(agreement: Agreement) -> None:
    """After the promises of an agreement have changed: count every booking that rests on it anew."""
    living = Booking.objects.alive().filter(agreement=agreement).select_related("session__programme", "agreement")
    for booking in living.order_by("pk"):
        settle(booking)
