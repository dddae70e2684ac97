"""Every code of a rule: its name, whose rule it is, and whose word lets a school pass it (特批).

Codes are stable: pages, API, spreadsheets and exceptions speak of a rule by its code.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SOURCES = {
    "session": pgettext_lazy("source", "This session"),
    "venue": pgettext_lazy("source", "Rule of the venue"),
    "agreement": pgettext_lazy("source", "Agreement"),
    "district": pgettext_lazy("source", "Rule of the district"),
    "school": pgettext_lazy("source", "Your school's own plan"),
}


@dataclass(frozen=True)
class Code:
    """`granted_by` is "venue", "bureau", or "" where nobody grants anything: places, plans, safety."""

    name: str | Promise
    source: str
    granted_by: str = ""


CODES = {
    "session.state": Code(_("Open for booking"), "session"),
    "session.begun": Code(_("Not begun yet"), "session"),
    "session.opens": Code(_("Booking has opened"), "session"),
    "session.announced": Code(_("Booked in the portal"), "session"),
    "session.audience": Code(_("Audience"), "session"),
    "session.capacity": Code(_("Free places"), "session"),
    "session.queue": Code(_("Nobody waits for the places"), "session"),
    "programme.grades": Code(_("Grades"), "venue", "venue"),
    "school.pupils_busy": Code(_("Pupils are free"), "school"),
    "school.class_busy": Code(_("Classes are free"), "school"),
    "district.travel_time": Code(_("Time for the way"), "district", "bureau"),
    "district.day_off": Code(_("No day off"), "district"),
    "district.listing": Code(_("Listed in the district"), "district"),
    "district.class_visits": Code(_("Visits of a class a school year"), "district", "bureau"),
    "district.adult_ratio": Code(_("Accompanying adults"), "district"),
    "venue.hold": Code(_("No hold"), "venue"),
    "venue.group_min": Code(_("Smallest group"), "venue", "venue"),
    "venue.group_max": Code(_("Largest group"), "venue", "venue"),
    "venue.class_share": Code(_("Pupils of one class in a session"), "venue", "venue"),
    "venue.lead_days": Code(_("Days ahead"), "venue", "venue"),
    "venue.ahead_days": Code(_("Not too early"), "venue", "venue"),
    "venue.weekday": Code(_("Weekday"), "venue", "venue"),
    "venue.holiday": Code(_("No public holiday"), "venue", "venue"),
    "venue.quota_half_day": Code(_("Groups and heads of a half-day"), "venue"),
    "venue.quota_day": Code(_("Groups and heads of a day"), "venue"),
    "venue.visits_a_year": Code(_("Groups of one school a school year"), "venue", "venue"),
    "agreement.missing": Code(pgettext_lazy("rule", "Agreement"), "agreement", "bureau"),
    "agreement.ended": Code(_("Agreement covers the day"), "agreement", "bureau"),
    "agreement.commitment": Code(_("Ceilings of the agreement"), "agreement"),
}


def name_of(code: str) -> str:
    return str(CODES[code].name) if code in CODES else code
