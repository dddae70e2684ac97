"""What happened and who came: sessions, pupil visits, pupils, places and yuan."""

from decimal import Decimal

from django.db.models import DecimalField, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from activities.models import Booking, Session
from activities.models.price import PriceKind
from portal.reports.figure import Value
from portal.reports.scope import Scope

BENEFIT = (PriceKind.FREE, PriceKind.DISCOUNTED)


def sessions(scope: Scope) -> Value:
    return Value(scope.sessions.count())


def after_school_rows(scope: Scope) -> QuerySet[Session]:
    """Dates of a school's own after-school series that were held."""
    return scope.sessions.filter(school__isnull=False)


def after_school_dates(scope: Scope) -> Value:
    return Value(after_school_rows(scope).count())


def by_roster(scope: Scope) -> Value:
    return Value(scope.on_roll)


def heads_rows(scope: Scope) -> QuerySet[Booking]:
    """Bookings with pupils who stand on no roll."""
    return scope.bookings.filter(attended__gt=0)


def by_heads(scope: Scope) -> Value:
    return Value(scope.heads)


def visits(scope: Scope) -> Value:
    """Pupil visits 人次: by roster and by head count together."""
    return Value(scope.on_roll + scope.heads)


def pupils(scope: Scope) -> Value:
    """Distinct pupils 人数, by rosters only: heads can't be told apart."""
    return Value(scope.distinct_pupils)


def covered_by_roster(scope: Scope) -> Value:
    """The share of visits that the number of distinct pupils covers."""
    return Value(scope.on_roll, scope.on_roll + scope.heads)


def benefit_rows(scope: Scope) -> QuerySet[Booking]:
    """Bookings of free and discounted sessions."""
    return scope.bookings.filter(session__price_kind__in=BENEFIT)


def benefit_places(scope: Scope) -> Value:
    """Visits that were free or discounted, of all visits."""
    on_roll = scope.roll.filter(booking__session__price_kind__in=BENEFIT).count()
    heads = benefit_rows(scope).aggregate(heads=Coalesce(Sum("attended"), 0))["heads"]
    return Value(on_roll + heads, scope.on_roll + scope.heads)


def yuan_saved(scope: Scope) -> Value:
    """List price less price paid, for every pupil who came, in yuan."""
    money = DecimalField(max_digits=12, decimal_places=2)
    zero = Decimal(0)
    on_roll = scope.roll.aggregate(
        yuan=Coalesce(
            Sum(F("booking__session__list_price") - F("booking__session__paid_price"), output_field=money), zero
        )
    )["yuan"]
    heads = heads_rows(scope).aggregate(
        yuan=Coalesce(
            Sum((F("session__list_price") - F("session__paid_price")) * F("attended"), output_field=money), zero
        )
    )["yuan"]
    return Value(on_roll + heads)
