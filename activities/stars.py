"""Volunteer hours and the stars that they bring (policy.md §7: 100 / 300 / 600 / 1,000 / 1,500 h by default)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from activities.models import ServiceRecord
from people import thresholds

STARS = range(1, 6)


@dataclass(frozen=True)
class Standing:
    """Volunteer minutes of one counselor, the stars reached, and what the next one takes."""

    minutes: int
    stars: int
    next_hours: int | None

    @property
    def hours(self) -> Decimal:
        return (Decimal(self.minutes) / 60).quantize(Decimal("0.1"))

    @property
    def missing(self) -> Decimal:
        """Hours to the next star; 0 at the last one."""
        return max(Decimal(self.next_hours) - Decimal(self.minutes) / 60, Decimal(0)) if self.next_hours else Decimal(0)


def reached(minutes: int, steps: list[int]) -> Standing:
    """Stars of so many minutes, where `steps` are the hours that each star takes."""
    stars = sum(minutes >= 60 * hours for hours in steps)
    return Standing(minutes, stars, steps[stars] if stars < len(steps) else None)


def of(counselor_id: int, district_id: int | None) -> Standing:
    """The standing of a counselor by the steps of a district; hours of all districts count, they are one person's."""
    rows = ServiceRecord.objects.given().filter(counselor=counselor_id)
    minutes = rows.aggregate(n=Coalesce(Sum("volunteer_minutes"), 0))["n"]
    values = thresholds.of(district_id)
    return reached(minutes, sorted(values[f"volunteer_star_{star}"] for star in STARS))
