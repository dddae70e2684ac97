"""Entries of the catalogue: who gets how much, who goes how far, and who keeps what was agreed."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Booking
from portal.reports import equity, reliability
from portal.reports.figure import DISTRICT, DISTRICT_AND_SCHOOL, WITHOUT_FLAG, Figure

EQUITY = _("Balance between schools")
KEPT = _("Cancellations and no-shows")

FIGURES = [
    Figure(
        "rural-visits",
        EQUITY,
        _("Visits of rural schools"),
        _("Pupil visits of rural schools, of all pupil visits; to be read against their share of pupils."),
        pgettext_lazy("unit", "visits"),
        "N17",
        _("As of %(day)s, rural schools have %(number)s of %(of)s pupil visits (%(value)s)."),
        equity.visits_of(equity.RURAL),
        equity.bookings_of(equity.RURAL),
        "booking",
        DISTRICT,
        numerator=_("pupil visits of rural schools"),
        denominator=_("all pupil visits"),
    ),
    Figure(
        "rural-pupils",
        EQUITY,
        _("Pupils of rural schools"),
        _("Pupils of rural schools, of all pupils, by the class lists of the last day."),
        pgettext_lazy("unit", "pupils"),
        "N17",
        _("As of %(day)s, rural schools have %(number)s of %(of)s pupils (%(value)s)."),
        equity.pupils_of(equity.RURAL),
        equity.classes_of(equity.RURAL),
        "class",
        DISTRICT,
        numerator=_("pupils of rural schools"),
        denominator=_("all pupils"),
    ),
    Figure(
        "underserved-visits",
        EQUITY,
        _("Visits of underserved schools"),
        _("Pupil visits of schools marked as underserved, of all pupil visits."),
        pgettext_lazy("unit", "visits"),
        "N17",
        _("As of %(day)s, underserved schools have %(number)s of %(of)s pupil visits (%(value)s)."),
        equity.visits_of(equity.UNDERSERVED),
        equity.bookings_of(equity.UNDERSERVED),
        "booking",
        DISTRICT,
        numerator=_("pupil visits of underserved schools"),
        denominator=_("all pupil visits"),
        hidden_from=WITHOUT_FLAG,
    ),
    Figure(
        "underserved-pupils",
        EQUITY,
        _("Pupils of underserved schools"),
        _("Pupils of schools marked as underserved, of all pupils, by the class lists of the last day."),
        pgettext_lazy("unit", "pupils"),
        "N17",
        _("As of %(day)s, underserved schools have %(number)s of %(of)s pupils (%(value)s)."),
        equity.pupils_of(equity.UNDERSERVED),
        equity.classes_of(equity.UNDERSERVED),
        "class",
        DISTRICT,
        numerator=_("pupils of underserved schools"),
        denominator=_("all pupils"),
        hidden_from=WITHOUT_FLAG,
    ),
    Figure(
        "nearby-groups",
        EQUITY,
        _("Groups that stayed nearby"),
        _("Groups that went out no further than the district calls nearby, as the crow flies."),
        pgettext_lazy("unit", "groups"),
        "N6",
        _("As of %(day)s, %(number)s of %(of)s groups that went out stayed nearby (%(value)s)."),
        reliability.nearby,
        reliability.nearby_rows,
        "booking",
        DISTRICT_AND_SCHOOL,
        numerator=_("groups that stayed nearby"),
        denominator=_("groups that went out, where both positions are known"),
    ),
    *(
        Figure(
            code,
            KEPT,
            name,
            definition,
            pgettext_lazy("unit", "groups"),
            "N19",
            _("As of %(day)s, %(number)s of %(of)s bookings: %(name)s (%(value)s)."),
            reliability.share_ended_as(state),
            reliability.ended_as(state),
            "booking",
            numerator=numerator,
            denominator=_("bookings that were attended, missed or cancelled by one of the sides"),
        )
        for code, state, name, definition, numerator in (
            (
                "no-shows",
                Booking.State.NO_SHOW,
                _("No-shows of schools"),
                _("Booked groups that did not come, as the venue recorded it."),
                _("bookings with a no-show"),
            ),
            (
                "late-cancellations",
                Booking.State.CANCELLED_LATE,
                _("Late cancellations by schools"),
                _("Booked groups that the school cancelled after the free cancellation was over."),
                _("bookings cancelled late by the school"),
            ),
            (
                "venue-cancellations",
                Booking.State.CANCELLED_BY_VENUE,
                _("Cancellations by venues"),
                _("Booked groups that the venue cancelled."),
                _("bookings cancelled by the venue"),
            ),
        )
    ),
    *(
        Figure(
            code,
            KEPT,
            name,
            definition,
            pgettext_lazy("unit", "pupils"),
            "N19",
            _("As of %(day)s, of %(of)s pupils with an agreed place: %(name)s %(number)s (%(value)s)."),
            reliability.given_back(pupils),
            reliability.gave_back(pupils),
            "booking",
            numerator=numerator,
            denominator=_("pupils for whom a place had been agreed, in bookings that have ended"),
        )
        for code, pupils, name, definition, numerator in (
            (
                "heads-returned",
                reliability.IN_TIME,
                _("Places given back in time"),
                _("Pupils by whom groups became smaller while cancelling was free, beyond what may differ anyway."),
                _("pupils whose places were given back in time"),
            ),
            (
                "heads-returned-late",
                reliability.LATE,
                _("Places given back late"),
                _("Pupils by whom groups became smaller after the free cancellation was over."),
                _("pupils whose places were given back late"),
            ),
        )
    ),
]
