"""Which rows a hat sees, and the ranges that constraints compare."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db.models import Func, Q, QuerySet

from people.actors import Actor


class DateRange(Func):
    """daterange(starts_on, ends_on, '[)'): an empty end never comes."""

    function = "DATERANGE"
    output_field = DateRangeField()


def span() -> DateRange:
    """The half-open range of a row with `starts_on` and `ends_on`, for an exclusion constraint."""
    return DateRange("starts_on", "ends_on", RangeBoundary())


def on(day: dt.date) -> Q:
    """True for half-open ranges that hold `day`: `ends_on` is the first day that no longer counts."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def last_day(ends_on: dt.date | None) -> dt.date | None:
    """The last day that counts, which is what people read and write."""
    return ends_on and ends_on - dt.timedelta(days=1)


def within(rows: QuerySet[Any], actor: Actor, *, district: str, own: str) -> QuerySet[Any]:
    """Offices and clients see their district, any other hat its own organisation, the system everything."""
    if actor.is_system:
        return rows
    if actor.reads_district:
        return rows.filter(**{district: actor.district_id})
    if actor.organisation_id is None:
        return rows.none()
    return rows.filter(**{own: actor.organisation_id})
