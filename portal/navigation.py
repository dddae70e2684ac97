"""Which sections each role finds in the header and in the phone's bottom bar, in one readable table."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.access import may
from people.actors import Actor
from people.roles import Role


@dataclass(frozen=True)
class Section:
    """`nouns` are the starts of the URL names that belong here; the first existing one of `urls` is the door."""

    label: str | Promise
    icon: str
    urls: tuple[str, ...]
    nouns: tuple[str, ...]

    def nearness(self, here: str) -> int:
        """How much of the URL name `here` belongs to this section: the length of its longest matching noun."""
        return max((len(noun) for noun in self.nouns if here.startswith(noun)), default=0)


TODAY = Section(pgettext_lazy("section", "Today"), "home", ("portal:home",), ("portal:home",))
DESK = Section(_("Desk"), "inbox-arrow-down", ("activities:booking-desk",), ("activities:booking-desk",))
SESSIONS = Section(
    _("Sessions"), "calendar", ("activities:session-list",), ("activities:session", "activities:booking-request")
)
BOOKINGS = Section(
    _("Bookings"),
    "bars-3-bottom-left",
    ("activities:booking-list",),
    ("activities:booking", "activities:no_show", "activities:outing"),
)
ROLLS = Section(_("Roll calls"), "users", ("activities:roll-list",), ("activities:roll",))
SERIES = Section(_("After-school"), "academic-cap", ("activities:series-list",), ("activities:series",))
REQUESTS = Section(
    pgettext_lazy("menu", "Requests"), "hand-raised", ("activities:request-list",), ("activities:request",)
)
HOURS = Section(_("Hours"), "clock", ("activities:hours-list",), ("activities:hours",))
SETTLEMENTS = Section(
    _("Settlements"), "banknotes", ("activities:settlement-list",), ("activities:settlement", "activities:rate")
)
TRAINING = Section(_("Teacher training"), "light-bulb", ("activities:training-list",), ("activities:training",))
PROGRAMMES = Section(
    _("Programmes"), "sparkles", ("activities:programme-list",), ("activities:programme", "activities:series")
)
AGREEMENTS = Section(_("Agreements"), "document-text", ("partnerships:agreement-list",), ("partnerships:agreement",))
CLASSES = Section(
    _("Class lists"),
    "clipboard-document-list",
    ("partnerships:roster-list", "partnerships:class-list"),
    (
        "partnerships:roster",
        "partnerships:class",
        "partnerships:group",
        "partnerships:student",
        "partnerships:roster_change",
        "activities:roster_change",
    ),
)
SCHOOLS = Section(_("Schools"), "building-library", ("partnerships:school-list",), ("partnerships:school",))
VENUES = Section(
    _("Venues"), "building-office-2", ("partnerships:venue-list",), ("partnerships:venue", "partnerships:listing")
)
VICE_PRINCIPALS = Section(
    _("Vice-principals"), "briefcase", ("partnerships:vice_principal-list",), ("partnerships:vice_principal",)
)
CALENDAR = Section(
    _("Terms and calendar"),
    "calendar-days",
    ("partnerships:term-list",),
    ("partnerships:term", "partnerships:day"),
)
IMPORTS = Section(
    _("Imports"),
    "arrow-up-tray",
    ("portal:import-list", "partnerships:import-list"),
    ("portal:import", "partnerships:import"),
)
RULES = Section(
    _("Booking rules"),
    "adjustments-horizontal",
    ("partnerships:rules-edit", "partnerships:rules-list"),
    ("partnerships:rules",),
)
CREDITS = Section(_("Credits"), "check-badge", ("credits:entry-list",), ("credits:",))
RESULTS = Section(pgettext_lazy("section", "Projects"), "beaker", ("credits:result-list",), ("credits:result",))
REPORT = Section(
    _("Report"), "chart-bar", ("portal:report-live", "portal:report-list"), ("portal:report", "portal:figure")
)
TRAIL = Section(_("Audit trail"), "eye", ("people:trail-list", "people:trail"), ("people:trail",))
MEMBERS = Section(
    _("Members"), "user-group", ("people:member-list",), ("people:member", "people:invitation", "people:organisation")
)
COUNSELORS = Section(
    _("Counselors"),
    "light-bulb",
    ("activities:counselor-list",),
    ("activities:counselor", "activities:assignment", "activities:appointment", "activities:session-counselors"),
)
SERVING = Section(_("My sessions"), "calendar", ("activities:assignment-list",), ("activities:assignment",))
NEEDS = Section(_("Open sessions"), "magnifying-glass", ("activities:need-list",), ("activities:need",))
APPOINTMENTS = Section(
    _("Appointments"), "document-text", ("activities:appointment-list",), ("activities:appointment",)
)
PROFILE = Section(_("My profile"), "user-circle", ("activities:counselor-me",), ("activities:counselor",))
DISTRICTS = Section(_("Districts"), "map", ("people:district-list",), ("people:district",))
ROBOTS = Section(_("Group robots"), "chat-bubble-left-right", ("people:robot-list",), ("people:robot",))
JOBS = Section(_("Jobs"), "clock", ("portal:job-list",), ("portal:job", "people:delivery"))
THRESHOLDS = Section(_("Thresholds"), "scale", ("people:threshold-list",), ("people:threshold",))
SYSTEMS = Section(_("Connected systems"), "link", ("portal:client-list",), ("portal:client", "portal:endpoint"))

# Left to right in the header; the first four are the phone's bottom bar, the rest stands under “More”.
SECTIONS: dict[Role, tuple[Section, ...]] = {
    Role.BUREAU_OFFICER: (TODAY, AGREEMENTS, SCHOOLS, VENUES, REPORT, CREDITS, SESSIONS, BOOKINGS,
        COUNSELORS, HOURS, SETTLEMENTS, TRAINING, VICE_PRINCIPALS, IMPORTS, CALENDAR, THRESHOLDS, MEMBERS, ROBOTS, SYSTEMS),
    Role.PARTNER_OFFICER: (TODAY, VENUES, AGREEMENTS, REPORT, SCHOOLS, SESSIONS, CREDITS,
        COUNSELORS, HOURS, SETTLEMENTS, TRAINING, VICE_PRINCIPALS, MEMBERS),
    Role.INSPECTOR: (TODAY, REPORT, SCHOOLS, AGREEMENTS, VENUES, SESSIONS, BOOKINGS, CREDITS, COUNSELORS, HOURS, SETTLEMENTS,
        TRAINING, VICE_PRINCIPALS, THRESHOLDS),
    Role.SCHOOL_LEAD: (TODAY, AGREEMENTS, BOOKINGS, SESSIONS, CLASSES, CREDITS, REPORT, SERIES, REQUESTS, ROLLS,
        VENUES, COUNSELORS, HOURS, TRAINING, VICE_PRINCIPALS, IMPORTS, CALENDAR, MEMBERS),
    Role.COORDINATOR: (TODAY, SESSIONS, BOOKINGS, ROLLS, SERIES, REQUESTS, CLASSES, AGREEMENTS,
        VENUES, COUNSELORS, HOURS, TRAINING, VICE_PRINCIPALS, IMPORTS, CREDITS, REPORT, CALENDAR, MEMBERS),
    Role.TEACHER: (TODAY, ROLLS, BOOKINGS, SESSIONS, TRAINING, VENUES, RESULTS, CALENDAR),
    Role.VENUE_LEAD: (TODAY, DESK, PROGRAMMES, SESSIONS, BOOKINGS, REQUESTS, AGREEMENTS, RULES, REPORT,
        COUNSELORS, HOURS, TRAINING, VENUES, IMPORTS, MEMBERS),
    Role.VENUE_STAFF: (TODAY, DESK, SESSIONS, BOOKINGS, PROGRAMMES, REQUESTS, AGREEMENTS, RULES, REPORT,
        COUNSELORS, HOURS, TRAINING, VENUES, IMPORTS, MEMBERS),
    Role.COUNSELOR: (TODAY, SERVING, NEEDS, HOURS, REQUESTS, APPOINTMENTS, PROFILE, RESULTS),
    Role.ADMINISTRATOR: (TODAY, DISTRICTS, MEMBERS, JOBS),
    Role.AUDIT_READER: (TODAY, TRAIL),
}  # fmt: skip
IN_HEADER = {True: 7, False: 5}  # by whether the reader reads Chinese: English words are longer
IN_BAR = 4


@dataclass(frozen=True)
class Door:
    """A section as this request shows it."""

    label: str | Promise
    icon: str
    url: str
    is_current: bool


def address(*names: str, **arguments: int | str) -> str:
    """The address of the first of these URL names that exists (with these arguments); empty where none does."""
    for name in names:
        try:
            return reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
    return ""


@cache
def gate_of(url: str) -> str:
    """Who may open the page at this address: its view says so."""
    return getattr(resolve(url).func, "gate", "public")


def opens(url: str, actor: Actor) -> bool:
    """Whether the gate of the page at this address lets the actor in."""
    gate = gate_of(url)
    return gate in ("public", "signed_in") or may(actor, gate)


def doors(actor: Actor, request: HttpRequest) -> list[Door]:
    """The sections of this actor's role whose pages exist and open to it; the closest one is the current."""
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    found = [(section, address(*section.urls)) for section in SECTIONS.get(actor.role, ())] if actor.role else []
    open_ones = [(section, url) for section, url in found if url and opens(url, actor)]
    closest = max((section.nearness(here) for section, _url in open_ones), default=0)
    return [Door(section.label, section.icon, url, 0 < closest == section.nearness(here)) for section, url in open_ones]
