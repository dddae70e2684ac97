"""未备案出行: groups that went out without the approval that their district asks for."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Booking, Outing
from portal.reports.figure import DISTRICT_AND_SCHOOL, Figure, Value
from portal.reports.scope import Scope

APPROVES = Q(outing__bureau=Outing.Bureau.APPROVES)
IN_TIME = (APPROVES & Q(outing__filed_at__lte=F("session__starts_at"))) | (
    ~APPROVES & Q(outing__approved_at__lte=F("session__starts_at"))
)


def went_out(scope: Scope) -> QuerySet[Booking]:
    """Groups that came and had left their school for it."""
    return scope.bookings.filter(outing__isnull=False)


def unapproved_rows(scope: Scope) -> QuerySet[Booking]:
    """Of these, groups whose outing had no approval when the session began; one that was given later does not count."""
    return went_out(scope).exclude(IN_TIME)


def unapproved(scope: Scope) -> Value:
    return Value(unapproved_rows(scope).count(), went_out(scope).count())


FIGURES = [
    Figure(
        "outings-without-approval",
        _("Outings"),
        _("Went out without approval"),
        _("Groups that went out before their school's lead, or the bureau where it decides, had approved the outing."),
        pgettext_lazy("unit", "groups"),
        "N6",
        _("As of %(day)s, %(number)s of %(of)s groups that went out had no approval in time (%(value)s)."),
        unapproved,
        unapproved_rows,
        "booking",
        DISTRICT_AND_SCHOOL,
        numerator=_("groups without an approval in time"),
        denominator=_("groups that went out"),
    ),
]
