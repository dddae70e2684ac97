"""What was promised for a term, counted: reserved by bookings, delivered by attendance, given back by cancellation.

Every counter moves by one conditional UPDATE; `CommitmentUse` in activities remembers which booking moved what.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partnerships.models import Agreement, Commitment, Term
from portal.lib.errors import Refused


def of_visit(agreement: Agreement, day: dt.date, kinds: Iterable[str]) -> list[Commitment]:
    """The agreement's commitments of these kinds in the term that holds `day`, by id (the order of locking)."""
    term = Term.objects.filter(district_id=agreement.district_id).on(day)
    return list(Commitment.objects.filter(agreement=agreement, term__in=term, kind__in=list(kinds)).order_by("pk"))


def take(commitment: Commitment, amount: int) -> None:
    """Reserve `amount`; raises Refused where a ceiling leaves less room. Call inside the booking's verb."""
    room = Commitment.objects.filter(pk=commitment.pk).with_room(amount)
    if room.update(reserved=F("reserved") + amount) != 1:
        raise Refused("commitment_within_ceiling", _("The agreement does not allow more than was promised this term."))


def give_back(commitment: Commitment, amount: int) -> None:
    """Release `amount` that was reserved; raises Refused when less than that is reserved."""
    held = Commitment.objects.filter(pk=commitment.pk, reserved__gte=amount)
    if held.update(reserved=F("reserved") - amount) != 1:
        raise Refused("commitment_not_reserved", _("Less than that is reserved."))


def deliver(commitment: Commitment, *, reserved: int, delivered: int) -> None:
    """Turn what was reserved into what really came: releases `reserved`, adds `delivered` (which may be less or more).

    More than a ceiling is refused by the database; whoever counted real heads caps `delivered` first.
    """
    held = Commitment.objects.filter(pk=commitment.pk, reserved__gte=reserved)
    if held.update(reserved=F("reserved") - reserved, delivered=F("delivered") + delivered) != 1:
        raise Refused("commitment_not_reserved", _("Less than that is reserved."))


def correct(commitment: Commitment, *, delivered: int) -> None:
    """Add to (or, below zero, take from) what was delivered, after a corrected roll call."""
    rows = Commitment.objects.filter(pk=commitment.pk, delivered__gte=max(-delivered, 0))
    if rows.update(delivered=F("delivered") + delivered) != 1:
        raise Refused("commitment_not_delivered", _("Less than that was delivered."))
