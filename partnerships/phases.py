"""Where a filed agreement stands in time: read from its dates, never stored."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from partnerships.models import Agreement


class Phase(models.TextChoices):
    UPCOMING = "upcoming", pgettext_lazy("agreement", "upcoming")
    ACTIVE = "active", pgettext_lazy("agreement", "active")
    EXPIRING = "expiring", pgettext_lazy("agreement", "expiring")
    EXPIRED = "expired", pgettext_lazy("agreement", "expired")
    RENEWED = "renewed", pgettext_lazy("agreement", "renewed")


TONES = {
    Phase.UPCOMING: ("teal", "full"),
    Phase.ACTIVE: ("solid", "full"),
    Phase.EXPIRING: ("turn", "half"),
    Phase.EXPIRED: ("grey", "none"),
    Phase.RENEWED: ("grey", "none"),
}


def of(agreement: Agreement, day: dt.date, *, expiring_days: int) -> Phase | None:
    """The phase of a filed agreement on a day; None where people have decided otherwise (or not yet)."""
    if agreement.state != Agreement.State.FILED or agreement.is_amendment:
        return None
    if day < agreement.starts_on:
        return Phase.UPCOMING
    if day >= agreement.ends_on:
        return Phase.EXPIRED
    if agreement.successor_id and agreement.successor.state == Agreement.State.FILED:
        return Phase.RENEWED
    return Phase.EXPIRING if agreement.ends_on <= day + dt.timedelta(days=expiring_days) else Phase.ACTIVE
