"""Entries of the catalogue: what both sides say of a visit, and how far it was."""

from collections.abc import Callable
from decimal import Decimal

from django.db.models import Avg, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Booking, Feedback
from people import thresholds
from portal.reports import reliability
from portal.reports.figure import DISTRICT_AND_SCHOOL, Figure, Value
from portal.reports.scope import Scope

SATISFIED = 4  # of 5: good and very good
SAID = _("Feedback")


def words(side: str) -> Callable[[Scope], QuerySet[Feedback]]:
    """What one side said of visits that took place."""
    return lambda scope: Feedback.objects.filter(booking__in=scope.bookings.values("pk"), side=side)


def satisfied(side: str) -> Callable[[Scope], Value]:
    def value(scope: Scope) -> Value:
        given = words(side)(scope)
        return Value(given.filter(score__gte=SATISFIED).count(), given.count())

    return value


def judged(side: str) -> Callable[[Scope], QuerySet[Booking]]:
    """The visits of which the side said that they were good or very good."""
    good = Feedback.objects.filter(booking=OuterRef("pk"), side=side, score__gte=SATISFIED)
    return lambda scope: scope.bookings.filter(Exists(good))


def mean_distance(scope: Scope) -> Value:
    """Kilometres by road, estimated from the straight line with the district's detour, two decimals."""
    found = reliability.with_distance(scope).aggregate(mean=Avg("km"))["mean"]
    if found is None:
        return Value(None)
    detour = thresholds.of(scope.district_id, on=scope.as_of)["travel_detour_percent"]
    return Value(round(Decimal(found) * detour / 100, 2))


FIGURES = [
    Figure(
        "mean-distance",
        _("Balance between schools"),
        _("Mean way of groups that went out"),
        _(
            "Kilometres one way, estimated by road from the positions of school and place, over all groups that went out."
        ),
        pgettext_lazy("unit", "km"),
        "N6",
        _("As of %(day)s, a group that went out travelled %(value)s km one way on average."),
        mean_distance,
        reliability.with_distance,
        "booking",
        DISTRICT_AND_SCHOOL,
    ),
    *(
        Figure(
            code,
            SAID,
            name,
            _("Visits called good or very good (4 or 5 of 5), of all visits of which that side said how they were."),
            pgettext_lazy("unit", "visits of groups"),
            "N19",
            _("As of %(day)s, %(number)s of %(of)s visits: %(name)s (%(value)s)."),
            satisfied(side),
            judged(side),
            "booking",
            numerator=_("visits called good or very good"),
            denominator=_("visits of which that side said how they were"),
        )
        for code, side, name in (
            ("satisfied-schools", Feedback.Side.SCHOOL, _("Satisfied schools")),
            ("satisfied-hosts", Feedback.Side.HOST, _("Satisfied hosts")),
        )
    ),
]
