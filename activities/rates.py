"""Subsidy rates: what a class-hour is worth in yuan, entered by the bureau with its basis."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from activities.models import SubsidyRate
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused, said


@verb
def set_rate(
    district: District, *, by: Actor, kind: str, locality: str, starts_on: dt.date, yuan: Decimal, reason: str
) -> SubsidyRate:
    """Add a rate. The first one of a kind and area may begin in the past; a later one begins tomorrow or later,
    so that no hour is paid by two rates."""
    require(by, Permission.SUBSIDY_RATE_SET, district)
    reason = said(reason, _("Name the document that the rate rests on."))
    known = SubsidyRate.objects.filter(district=district, kind=kind, locality=locality).exists()
    if known and starts_on <= clock.today() and not by.is_system:
        raise Refused("subsidy_rate.starts", _("There is a rate already: a new one starts tomorrow at the earliest."))
    rate = SubsidyRate.objects.create(
        district=district,
        kind=kind,
        locality=locality,
        starts_on=starts_on,
        yuan=yuan,
        reason=reason,
        set_by=by.user,
        set_at=clock.now(),
    )
    audit.record("subsidyrate.set", rate, by=by, is_now=str(yuan), kind=kind, locality=locality, on=str(starts_on))
    return rate


class Table:
    """All rates of a district, read once."""

    def __init__(self, district_id: int) -> None:
        rows = SubsidyRate.objects.filter(district_id=district_id).order_by("starts_on")
        self._rows = list(rows.values_list("kind", "locality", "starts_on", "yuan"))

    def of(self, kind: str, locality: str, day: dt.date) -> Decimal | None:
        """The rate of a kind and area on a day; None where the district has set none."""
        found = None
        for row_kind, row_locality, starts_on, yuan in self._rows:
            if (row_kind, row_locality) == (kind, locality) and starts_on <= day:
                found = yuan
        return found
