"""What confirmed hours of counselors deliver of the agreements on which their sessions rest: whole hours."""

from django.db.models import F, QuerySet, Sum

from activities.models import Booking, ServiceRecord, Session
from partnerships import commitments
from partnerships.models import Agreement, Commitment, Term


def behind(agreement: Agreement) -> QuerySet[ServiceRecord]:
    """The hours that the sides of the agreement gave in sessions which groups booked under it; newest first."""
    rested = Booking.objects.alive().filter(agreement=agreement)
    promising = agreement.commitments.filter(kind=Commitment.Kind.COUNSELOR_HOURS).values("party__organisation")
    return ServiceRecord.objects.given().filter(
        assignment__session__in=rested.values("session"), assignment__session__provider__in=promising
    )


def settle(session: Session) -> None:
    """Make the giver's promises of counselor hours what the records say; called after every change of a record.

    Counted anew under the lock of the commitment, so that two confirmations at once lose nothing.
    """
    agreements = Booking.objects.alive().filter(session=session, agreement__isnull=False).values("agreement")
    promised = Commitment.objects.filter(
        kind=Commitment.Kind.COUNSELOR_HOURS,
        party__organisation_id=session.provider_id,
        agreement__in=agreements,
        term__in=Term.objects.on(session.day).values("pk"),
    )
    _count(promised)


def recount(agreement: Agreement) -> None:
    """After promises have changed, or a booking under the agreement has died afterwards."""
    _count(agreement.commitments.filter(kind=Commitment.Kind.COUNSELOR_HOURS))


def _count(promised: QuerySet[Commitment]) -> None:
    rows = promised.select_for_update(of=("self",), no_key=True).select_related("term", "party", "agreement")
    for commitment in rows.order_by("pk"):
        hours = _hours(commitment)
        if commitment.is_ceiling:
            hours = min(hours, commitment.promised)
        if hours != commitment.delivered:
            commitments.correct(commitment, delivered=hours - commitment.delivered)


def _hours(commitment: Commitment) -> int:
    """Whole hours of the term, of sessions that the promising party gave."""
    rows = behind(commitment.agreement).filter(assignment__session__provider=commitment.party.organisation_id)
    term = commitment.term
    rows = rows.filter(starts_at__date__gte=term.starts_on, starts_at__date__lt=term.ends_on)
    return (rows.aggregate(n=Sum(F("paid_minutes") + F("volunteer_minutes")))["n"] or 0) // 60
