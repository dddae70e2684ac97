"""Whether both sides came as agreed, and how far the groups went."""

from collections.abc import Callable

from django.db.models import F, FloatField, QuerySet, Sum
from django.db.models import Value as Constant
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Coalesce, Cos, Power, Radians, Sin, Sqrt

from activities.models import Booking
from activities.models.session import GOES_OUT
from people import thresholds
from portal.reports.figure import Value
from portal.reports.scope import Scope

EARTH_KM = 6371.0
IN_TIME = F("returned") - F("returned_late")
LATE = F("returned_late")


def ended_as(state: str) -> Callable[[Scope], QuerySet[Booking]]:
    """Bookings at venues that ended in this way."""
    return lambda scope: scope.promised.filter(state=state)


def share_ended_as(state: str) -> Callable[[Scope], Value]:
    """Bookings that ended in this way, of all that somebody came to, missed or cancelled."""
    return lambda scope: Value(ended_as(state)(scope).count(), scope.promised.count())


def gave_back(pupils: Combinable) -> Callable[[Scope], QuerySet[Booking]]:
    """Bookings at venues of which a part was returned, so (in time or late)."""
    return lambda scope: scope.promised.alias(back=pupils).filter(back__gt=0)


def given_back(pupils: Combinable) -> Callable[[Scope], Value]:
    """Pupils for whom places were returned, of all for whom both sides had agreed on places."""

    def value(scope: Scope) -> Value:
        agreed = Coalesce(F("agreed"), F("pupils")) + F("returned")
        found = scope.promised.aggregate(back=Coalesce(Sum(pupils), 0), agreed=Coalesce(Sum(agreed), 0))
        return Value(found["back"], found["agreed"])

    return value


def with_distance(scope: Scope) -> QuerySet[Booking]:
    """Groups that went out, with `km` as the crow flies, where school and place have a position."""

    def half(start: str, end: str) -> Power:
        return Power(Sin(Radians(F(end) - F(start), output_field=FloatField()) / 2), 2)

    school, place = "school__", "session__place__venue__"
    across = Cos(Radians(F(f"{school}latitude"), output_field=FloatField())) * Cos(
        Radians(F(f"{place}latitude"), output_field=FloatField())
    )
    chord = half(f"{school}latitude", f"{place}latitude") + across * half(f"{school}longitude", f"{place}longitude")
    known = {f"{side}{field}__isnull": False for side in (school, place) for field in ("latitude", "longitude")}
    out = scope.bookings.filter(GOES_OUT, **known)
    return out.annotate(km=Constant(2 * EARTH_KM) * ASin(Sqrt(chord)))


def nearby_rows(scope: Scope) -> QuerySet[Booking]:
    """Groups that went no further than the district calls nearby (就近)."""
    return with_distance(scope).filter(km__lte=thresholds.of(scope.district_id, on=scope.as_of)["report_nearby_km"])


def nearby(scope: Scope) -> Value:
    return Value(nearby_rows(scope).count(), with_distance(scope).count())
