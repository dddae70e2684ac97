"""Every address of the portal, and which row of the world stands in it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from activities.models import CalendarFeed, RollEntry
from credits.models import Account, CreditRule, Entry
from partnerships.models import CalendarDay
from people.models import Notice
from people.roles import Role
from tests.world import World

# addresses of libraries, guarded by themselves
FOREIGN = ("allauth.", "django.")

# the word before the key in an address → noun of the world
NOUNS = {
    "agreements": "agreement", "bookings": "booking", "calendar-feeds": "feed", "classes": "class",
    "endpoints": "endpoint", "systems": "client", "days": "day", "districts": "district", "groups": "group",
    "halls": "hall", "imports": "import", "invitations": "invitation", "listings": "listing", "members": "membership",
    "notices": "notice", "organisations": "organisation", "programmes": "programme",
    "pupils": "student", "rules": "rule", "runs": "import_run", "schools": "school", "series": "series",
    "sessions": "session", "terms": "term", "titles": "recognition", "venues": "venue",
    "vice-principals": "vice_principal", "recognitions": "recognition", "commitments": "commitment",
    "credit-rules": "rule", "training": "training", "waiting": "waitlist", "days-off": "day_off",
    "exceptions": "exemption",
    "robots": "robot", "publications": "publication", "disputes": "dispute", "entries": "entry",
    "rolls/entries": "roll_entry", "deliveries": "delivery",
    "roster-changes": "roster_change", "waiting-list": "waitlist", "campuses": "campus",
}  # fmt: skip
NOUNS |= {"deliverables": "deliverable"}
NOUNS |= {"no-shows": "no_show", "roll-reviews": "roll_review", "holds": "hold"}
NOUNS |= {"hours": "service_record", "settlements": "settlement", "settlement-lines": "settlement_line"}
NOUNS |= {"outings": "outing", "changes": "session_change", "changed": "changed_booking"}
NOUNS |= {"counselors": "counselor", "assignments": "assignment", "appointments": "appointment", "needs": "need"}
NOUNS |= {"requests": "request", "slots": "slot", "agreement-templates": "template"}
# nouns that have an address in the API alone
NOUNS |= {
    "roll-entries": "roll_entry", "credit-entries": "entry", "balances": "account", "competitions": "competition",
    "results": "result", "certificates": "certificate",
    "reports": "report", "waiting-list": "waitlist",
}  # fmt: skip
# routes whose row is another one than their address says
CALLED = ("activities:roll-", "credits:entry-booking")
DRAFTS = tuple(f"partnerships:agreement-{move}" for move in ("propose", "counter", "withdraw", "annex"))
TRAININGS = ("activities:training-sign_up", "activities:training-attendance")
# nouns whose rows belong to a district, not to one of its two cells
OF_DISTRICT = {"template", "term", "rule", "day", "district", "client", "endpoint", "competition"}
WORDS = {"path": "no/such/address/", "kind": "roster", "token": "x" * 22, "key": "x" * 22, "task": "people.deliver"}
CODES = {
    "people:threshold-page": "agreement_years_min", "credits:rule-draft": "LEC", "portal:figure-rows": "sessions",
    "portal:report-rows": "sessions", "api:figures-detail": "sessions", "api:figures-rows": "sessions",
    "people:notice-link": "x" * 9,
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    name: str
    parameters: tuple[tuple[str, str], ...]  # (name, kind of converter)
    pattern: str = ""

    @property
    def noun(self) -> str:
        """The noun of the world that fills the address; empty where nothing does."""
        if not self.parameters or self.parameters[0][1] not in ("IntConverter", "UUIDConverter"):
            return ""
        if self.name.startswith(CALLED):
            return "called"
        if self.name in DRAFTS:
            return "draft"
        if self.name == "activities:agreement-impact":
            return "supplement"
        if self.name in TRAININGS:
            return "training_session"
        if self.name.startswith("activities:assignment-"):
            return "invited"
        words = self.pattern.split("<")[0].strip("/").split("/")
        return NOUNS.get("/".join(words[-2:])) or NOUNS[words[-1]]

    @property
    def whose(self) -> tuple[str, ...]:
        """Whose rows are tried in the address."""
        if not self.noun:
            return ("",)
        return ("own", "foreign", "missing") if self.noun in OF_DISTRICT else ("own", "other", "foreign", "missing")

    def address(self, world: World, role: Role | None, whose: str) -> str:
        values = {name: self.fill(world, name, kind, role, whose) for name, kind in self.parameters}
        return reverse(self.name, kwargs=values)

    def fill(self, world: World, name: str, kind: str, role: Role | None, whose: str) -> Any:
        """The value of one parameter."""
        if name == "code":
            return CODES[self.name]
        if not self.noun:
            return WORDS[name]
        if whose == "missing" and name == "pk":
            return uuid.UUID(int=7) if kind == "UUIDConverter" else 999_999
        cell = CELLS.get(whose, "A1")
        main = row(world, self.noun, cell, role)
        second = {
            "kind": lambda: "competition",
            "number": lambda: 1,
            "name": lambda: "en.csv",  # of a report's files
            "annex": lambda: 1,
            "party": lambda: 0,  # the scan of the whole paper
            "session": lambda: main.sessions.order_by("pk")[0].pk,  # a date of a series
            "class_pk": lambda: row(world, "class", cell, role).pk,
        }
        return main.pk if name == "pk" else second[name]()


CELLS = {"own": "A1", "other": "A2", "foreign": "B1"}


def row(world: World, noun: str, cell: str, role: Role | None):
    """The row of a noun in a cell; a notice is always somebody's own."""
    district = world.districts[cell[0]]
    match noun:
        case "notice":
            return Notice.objects.filter(user=world.hat(role or Role.TEACHER, cell).user).order_by("pk")[0]
        case "feed":  # always of one's own hat, where the hat has any
            own = CalendarFeed.objects.filter(membership=world.hat(role or Role.COORDINATOR, cell)).first()
            return own or world.one(cell, noun)
        case "invited" if role in (Role.VENUE_LEAD, Role.VENUE_STAFF):
            return world.one(cell, "venue_assignment")
        case "listing" if role == Role.COUNSELOR:
            return world.one(cell, "counselor").organisation.listings.order_by("pk")[0]
        case "term":
            return district.terms.order_by("pk")[0]
        case "day":
            return CalendarDay.objects.filter(district=district).order_by("date")[100]
        case "district":
            return district
        case "rule":
            return CreditRule.objects.filter(district=district, state="draft").get()
        case "organisation":
            return world.one(cell, "school").organisation
    return earned(world, noun, cell) or world.one(cell, noun)


def earned(world: World, noun: str, cell: str):
    """What came of the visit whose roll was called."""
    school = world.one(cell, "school")
    rows = {
        "roll_entry": RollEntry.objects.filter(booking=world.one(cell, "called")),
        "entry": Entry.objects.filter(school=school),
        "account": Account.objects.filter(student__school=school),
    }
    return rows[noun].order_by("pk")[0] if noun in rows else None


def routes() -> list[Route]:
    """Ours, by name; an address without a name is nobody's."""
    found = []

    def walk(resolver: URLResolver, namespace: str, before: str) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(
                    entry,
                    f"{namespace}{entry.namespace}:" if entry.namespace else namespace,
                    before + str(entry.pattern),
                )
            elif isinstance(entry, URLPattern) and not entry.callback.__module__.startswith(FOREIGN):
                kinds = {name: type(converter).__name__ for name, converter in entry.pattern.converters.items()}
                found.append(Route(f"{namespace}{entry.name}", tuple(kinds.items()), before + str(entry.pattern)))

    walk(get_resolver(), "", "")
    return sorted(set(found), key=lambda route: route.name)
