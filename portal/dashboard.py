"""Today 今日: what waits for this hat, what comes next, what was promised, how the term stands.

One query a duty and a section, whatever the number of rows.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.models import Assignment, Booking
from partnerships import tiles
from partnerships.models import Agreement, Commitment, School, SchoolClass, Term
from people.access import may
from people.actors import Actor
from people.gate import allow
from people.roles import Permission, Role
from portal.duties import DUTIES, bookings_of
from portal.duty import SCHOOL, Line
from portal.lib import charts, clock
from portal.navigation import address
from portal.reports import breakdown, sheet
from portal.reports.asking import scope_of
from portal.reports.catalogue import CATALOGUE

DAYS_AHEAD = 14
ROWS_SHOWN = 8  # of one duty; the rest is behind its list
COUNTED = 50  # more than this is said as “50+”


@dataclass(frozen=True)
class Waiting:
    """All that waits: the lines shown, how many there are, and doors to what is not shown."""

    lines: list[Line]
    count: int
    more: list[tuple[str, str, int]]

    @property
    def count_said(self) -> str:
        return f"{COUNTED}+" if self.count > COUNTED else str(self.count)


def waiting_for(actor: Actor) -> Waiting:
    """What waits for this hat, the late first, then by due time."""
    lines: list[Line] = []
    count, more = 0, []
    for duty in DUTIES:
        if actor.role not in duty.roles:
            continue
        rows = list(duty.rows(actor)[: COUNTED + 1])
        count += len(rows)
        lines += [replace(duty.line(row), kind=duty.kind, action=duty.action) for row in rows[:ROWS_SHOWN]]
        if len(rows) > ROWS_SHOWN:
            more.append((str(duty.kind), address(*duty.list_url), len(rows) - ROWS_SHOWN))
    return Waiting(sorted(lines, key=lambda line: line.order), count, more)


def coming(actor: Actor) -> list[tuple[Booking, str]]:
    """Bookings of the next fourteen days, of the school or at the venue, with the group's name."""
    if not (actor.is_school or actor.is_venue):
        return []
    until = clock.now() + dt.timedelta(days=DAYS_AHEAD)
    rows = bookings_of(actor).upcoming().filter(session__starts_at__lte=until, session__starts_at__gt=clock.now())
    return [(row, row.who) for row in rows.order_by("session__starts_at", "pk")[:ROWS_SHOWN]]


def serving(actor: Actor) -> list[Assignment]:
    """What a counselor gives next."""
    if actor.role != Role.COUNSELOR:
        return []
    own = Assignment.objects.visible_to(actor).live().upcoming().with_names()
    return list(own.order_by("starts_at", "pk")[:ROWS_SHOWN])


@dataclass(frozen=True)
class Pledge:
    """One commitment as a meter."""

    commitment: Commitment
    segments: list[tuple[int, str, str]]
    due: int


def promises(actor: Actor) -> list[Pledge]:
    """What the agreements in force promise for the term of today, to and by this side."""
    if not (actor.is_school or actor.is_venue) or actor.is_teacher:
        return []
    today = clock.today()
    rows = (
        Commitment.objects.visible_to(actor)
        .filter(agreement__in=Agreement.objects.in_force(today).values("pk"))
        .filter(Q(term__starts_on__lte=today, term__ends_on__gt=today))
        .select_related("term", "agreement__venue__organisation", "party__organisation")
    )
    return [
        Pledge(
            row,
            [(row.delivered, "done", gettext("done")), (row.reserved, "booked", gettext("booked"))],
            row.due_by(today),
        )
        for row in rows[:6]
    ]


def steps(actor: Actor) -> list[dict[str, Any]]:
    """What a school has done and what is open before its first booking; empty for everybody else."""
    if actor.role not in SCHOOL:
        return []
    has_classes = SchoolClass.objects.filter(school=actor.organisation_id).exists()
    has_agreement = Agreement.objects.visible_to(actor).in_force(clock.today()).exists()
    return [
        _step(gettext("Upload the class lists"), has_classes, ("partnerships:class-list",), gettext("Upload")),
        _step(gettext("Have an agreement with a venue"), has_agreement, ("partnerships:agreement-list",), gettext("Agreements")),
        _step(gettext("Choose a session"), False, ("activities:session-list",), gettext("Find a session")),
    ]  # fmt: skip


def _step(label: str, done: bool, urls: tuple[str, ...], action: str) -> dict[str, Any]:
    return {
        "label": label,
        "note": "",
        "done": done,
        "url": address(*urls),
        "action": gettext("Show") if done else action,
    }


def footing(actor: Actor) -> list[tiles.Tile]:
    """What every school should have, for those who run one."""
    if actor.role not in SCHOOL:
        return []
    school = School.objects.visible_to(actor).filter(pk=actor.organisation_id).first()
    return tiles.of(school, actor, clock.today()) if school else []


# The figures beside: the few that a meeting asks for first.
FIGURES = ("paired-schools", "weekly-science", "sessions", "visits", "pupils", "yuan-saved", "credit-points")
# What each role most often comes to do: label, icon, page.
VENUE_DOORS = (
    (_("Programmes"), "sparkles", "activities:programme-list", {}),
    (_("Receive groups"), "inbox-arrow-down", "activities:booking-desk", {}),
)
DOORS: dict[Role, tuple[tuple[str | Promise, str, str, dict[str, str]], ...]] = {
    Role.COORDINATOR: (
        (_("Upload class lists"), "arrow-up-tray", "portal:import-new", {"kind": "roster"}),
        (_("Find a session"), "magnifying-glass", "activities:session-list", {}),
    ),
    Role.SCHOOL_LEAD: ((_("Agreements"), "document-text", "partnerships:agreement-list", {}),),
    Role.TEACHER: ((_("Roll calls"), "users", "activities:roll-list", {}),),
    Role.VENUE_LEAD: VENUE_DOORS,
    Role.VENUE_STAFF: VENUE_DOORS,
    Role.BUREAU_OFFICER: (
        (_("Whose class lists are in"), "clipboard-document-check", "portal:import-board", {}),
        (_("Register a paper agreement"), "document-plus", "partnerships:agreement-register", {}),
    ),
    Role.PARTNER_OFFICER: ((_("Venues"), "building-office-2", "partnerships:venue-list", {}),),
    Role.INSPECTOR: ((_("This term's figures"), "chart-bar", "portal:report-live", {}),),
}


def figures(request: HttpRequest) -> list[sheet.Line]:
    """A few figures of this term so far for whoever reads reports, each open to its rows."""
    if not may(request.actor, Permission.REPORT_SEE):
        return []
    scope, _ask = scope_of(request)
    wanted = [CATALOGUE[code] for code in FIGURES if scope.kind in CATALOGUE[code].scopes]
    return [sheet.Line(figure, scope.as_of, figure.value(scope), url=sheet.door(figure.code)) for figure in wanted]


def weeks(request: HttpRequest) -> dict[str, Any] | None:
    """The visits of the term week by week, for the offices of a district."""
    if not request.actor.is_office:
        return None
    scope, _ask = scope_of(request)
    rows = [charts.Row(str(n), visits) for n, (_monday, visits) in enumerate(breakdown.by_week(scope), start=1)]
    return charts.lines(rows, caption=gettext("Pupil visits by week"), unit=gettext("visits")) if rows else None


@allow(Permission.HOME_SEE)
def home(request: HttpRequest) -> HttpResponse:
    """The first look: the title is a fact, the rows are what waits."""
    actor = request.actor
    term = Term.objects.visible_to(actor).on(clock.today()).distinct().first()
    upcoming = coming(actor)
    context = {
        "waiting": waiting_for(actor),
        "today": clock.today(),
        "term": term,
        "week": term.week_of(clock.today()) if term else None,
        "coming": upcoming,
        "serving": serving(actor),
        "promises": promises(actor),
        "tiles": footing(actor),
        "steps": [] if upcoming else steps(actor),
        "shows_coming": actor.is_school or actor.is_venue,
        "figures": figures(request),
        "weeks": weeks(request),
        "doors": [
            (label, icon, url) for label, icon, name, of in DOORS.get(actor.role, ()) if (url := address(name, **of))
        ],
        "all_bookings": address("activities:booking-list"),
    }
    return render(request, "portal/home.html", context)
