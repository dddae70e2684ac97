"""What was promised for a term, counted: reserved by bookings, delivered by roll calls and confirmed records, released.

Every counter moves by one conditional UPDATE; `CommitmentUse` in activities remembers which booking moved what.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships.models import Agreement, Commitment, Term
from partnerships.promises import Promise
from portal.lib.errors import Refused

BEYOND = _("The agreement does not allow more than was promised this term.")


def of_visit(agreement: Agreement, day: dt.date, kinds: Iterable[str]) -> list[Commitment]:
    """The agreement's commitments of these kinds in the term that holds `day`, by id (the order of locking)."""
    term = Term.objects.filter(district_id=agreement.district_id).on(day)
    rows = Commitment.objects.filter(agreement=agreement, term__in=term, kind__in=list(kinds))
    return list(rows.select_related("party").order_by("pk"))


def post(commitment: Commitment, *, reserved: int = 0, delivered: int = 0, released: int = 0) -> None:
    """Move the counters by these amounts, up or down, in one UPDATE.

    Raises Refused where a ceiling leaves less room, or where less is reserved or delivered than would be taken away.
    """
    more = reserved + delivered
    rows = Commitment.objects.filter(pk=commitment.pk)
    if more > 0:
        rows = rows.with_room(more)
    covered = Q(reserved__gte=-reserved, delivered__gte=-delivered, released__gte=-released)
    moved = {"reserved": F("reserved") + reserved, "delivered": F("delivered") + delivered}
    if rows.filter(covered).update(released=F("released") + released, **moved) == 1:
        return
    now = Commitment.objects.get(pk=commitment.pk)
    if now.reserved < -reserved:
        raise Refused("commitment_not_reserved", _("Less than that is reserved."))
    if now.delivered < -delivered:
        raise Refused("commitment_not_delivered", _("Less than that was delivered."))
    raise Refused("commitment_within_ceiling", BEYOND)


def take(commitment: Commitment, amount: int) -> None:
    """Reserve `amount`; raises Refused where a ceiling leaves less room. Call inside the booking's verb."""
    post(commitment, reserved=amount)


def give_back(commitment: Commitment, amount: int) -> None:
    """Release `amount` that was reserved; raises Refused when less than that is reserved."""
    post(commitment, reserved=-amount, released=amount)


def deliver(commitment: Commitment, *, reserved: int, delivered: int) -> None:
    """Turn what was reserved into what really came; what came less is released.

    More than a ceiling is refused by the database; whoever counted real heads caps `delivered` first.
    """
    post(commitment, reserved=-reserved, delivered=delivered, released=max(reserved - delivered, 0))


def correct(commitment: Commitment, *, delivered: int) -> None:
    """Add to (or, below zero, take from) what was delivered, after a corrected roll call or a confirmed record."""
    post(commitment, delivered=delivered)


def restate(agreement: Agreement, promises: Iterable[Promise]) -> None:
    """Put an amendment's promises in the place of those before. What bookings and records rest on stays and is counted on.

    Raises Refused for a ceiling below what is reserved and delivered, or a promise withdrawn that is in use already.
    """
    parties = {party.organisation_id: party.pk for party in agreement.parties.all()}
    before = {(row.party_id, row.term_id, row.kind): row for row in agreement.commitments.order_by("pk")}
    for each in promises:
        if each.organisation_id not in parties:  # was to join by this supplement, and did not
            continue
        key = (parties[each.organisation_id], each.term.pk, each.kind)
        said = {"promised": each.promised, "is_ceiling": each.is_ceiling}
        if row := before.pop(key, None):
            Commitment.objects.filter(pk=row.pk).update(**said)
        else:
            Commitment.objects.create(agreement=agreement, party_id=key[0], term_id=key[1], kind=key[2], **said)
    unused = Commitment.objects.filter(pk__in=[row.pk for row in before.values()], reserved=0, delivered=0, released=0)
    if unused.count() != len(before):
        raise Refused("commitment_in_use", _("A promise that is already used can be lowered, not taken out."))
    unused.delete()
