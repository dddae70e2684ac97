"""Where a school, a campus or a venue is. Without a position, distances are not collected and rules of travel silent."""

import re
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def read_position(text: str) -> tuple[Decimal, Decimal] | None:
    """(latitude, longitude) of 22.748512, 113.936208 in either order: in China the two can't be confused.

    None for an empty text; ValueError for anything that is no position in China.
    """
    if not text.strip():
        return None
    numbers = re.findall(r"\d{1,3}(?:\.\d+)?", text)
    if len(numbers) != 2:
        raise ValueError(text)
    latitude, longitude = sorted(round(Decimal(number), 6) for number in numbers)
    if not (3 <= latitude <= 54 and 73 <= longitude <= 136):
        raise ValueError(text)
    return latitude, longitude


class Positioned(models.Model):
    """Degrees as a map shows them. All positions should be read off the same map: Chinese maps differ by up to a km."""

    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    # 示例数据: the demo knows no real positions and says so wherever one shows
    position_is_sample = models.BooleanField(_("position is sample data"), default=False)

    class Meta:
        abstract = True

    def placed(self, place: tuple[Decimal, Decimal] | None) -> dict[str, Any]:
        """The columns of a new position, for a verb; the one that is there already stays sample data if it was."""
        latitude, longitude = place or (None, None)
        same = (latitude, longitude) == (self.latitude, self.longitude)
        return {
            "latitude": latitude,
            "longitude": longitude,
            "position_is_sample": self.position_is_sample and same,
        }

    @property
    def has_position(self) -> bool:
        return self.latitude is not None and self.longitude is not None


def position_whole(noun: str) -> models.CheckConstraint:
    """Both degrees or none, and both on this planet."""
    none = Q(latitude__isnull=True, longitude__isnull=True, position_is_sample=False)
    # said again that both are there: a comparison with NULL would let the row pass
    both = Q(latitude__isnull=False, longitude__isnull=False)
    return models.CheckConstraint(
        condition=none | both & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
        name=f"{noun}_position",
        violation_error_message=_("A position needs a latitude and a longitude."),
    )
