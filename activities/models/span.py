"""A stretch of time as PostgreSQL sees it, and the slots that keep a pupil or a class in one place at a time."""

from django.contrib.postgres.fields import (
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import Func


class TsTzRange(Func):
    """Half-open range from two instants."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Slot(models.Model):
    """The time that a booking takes of somebody.

    Session and times are tied to the session by one composite foreign key (0002_guards) that cascades:
    when a session moves, its slots move with it, and a clash refuses the move.
    """

    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="+", db_constraint=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_live = models.BooleanField(default=True)  # false once the booking is dead: the time is free again

    class Meta:
        abstract = True


def one_place_at_a_time(field: str) -> list:
    """Expressions of an exclusion constraint: the same somebody, overlapping times."""
    return [
        (field, RangeOperators.EQUAL),
        (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
    ]
