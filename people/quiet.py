"""Quiet hours 免打扰时段: at night nothing is sent, unless it is urgent. The hours are the district's."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from people import thresholds
from people.models import District, Membership, User

DAY = dt.timedelta(days=1)

thresholds.declare("quiet_from", int, 20, _("Hour from which nothing is sent"), least=0, most=23)
thresholds.declare(
    "quiet_until", int, 7, _("Hour until which nothing is sent; daily mails leave then"), least=0, most=23
)


@dataclass(frozen=True)
class Quiet:
    """From one full hour to another, local time, usually over midnight. Equal hours mean: never quiet."""

    starts: int
    ends: int
    zone: ZoneInfo

    def holds(self, moment: dt.datetime) -> bool:
        hour = moment.astimezone(self.zone).hour
        if self.starts <= self.ends:
            return self.starts <= hour < self.ends
        return hour >= self.starts or hour < self.ends

    def next_end(self, moment: dt.datetime) -> dt.datetime:
        """The first end of quiet hours after a moment: when a digest leaves."""
        local = moment.astimezone(self.zone)
        end = local.replace(hour=self.ends % 24, minute=0, second=0, microsecond=0)
        return end if end > local else end + DAY

    def after(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself, or the end of the quiet hours that it falls into."""
        return self.next_end(moment) if self.holds(moment) else moment


def of_district(district: District | None) -> Quiet:
    """The hours of a district today; without one the defaults of the system."""
    values = thresholds.of(district.pk if district else None)
    zone = district.time_zone if district else settings.TIME_ZONE
    return Quiet(values["quiet_from"], values["quiet_until"], ZoneInfo(zone))


def of(user: User, about: Collection[int] = ()) -> Quiet:
    """The hours in which a person hears nothing about a matter: those of its district.

    Where the matter concerns several districts or none, those of a district of it in which they wear a hat, else of the
    first in which they wear one.
    """
    if len(about) == 1:
        return of_district(District.objects.get(pk__in=about))
    hats = Membership.objects.active().filter(user=user, organisation__district__isnull=False)
    worn = [hat.organisation.district for hat in hats.select_related("organisation__district").order_by("pk")]
    own = [district for district in worn if district.pk in about]
    return of_district(next(iter(own or worn), None))
