"""Which rules a group would break in a session: all of them at once, each with its source and what would fix it.

`Judge` loads what the rules need in a constant number of queries for any number of sessions; it takes no locks.
The catalogue, the booking form and the verb ask the same judge.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.groups import Group
from activities.models import BookingClass, Programme, RollEntry, Session
from partnerships.models import Agreement, AgreementParty, BookingRules, CalendarDay, Listing, Venue
from people import thresholds
from portal.lib import clock, wording

SOURCES = {
    "session": pgettext_lazy("source", "This session"),
    "venue": pgettext_lazy("source", "Rule of the venue"),
    "agreement": pgettext_lazy("source", "Agreement"),
    "district": pgettext_lazy("source", "Rule of the district"),
    "school": pgettext_lazy("source", "Your school's own plan"),
}


@dataclass(frozen=True)
class Broken:
    """One rule that is not met. `change` holds the fields of the booking form that would repair it."""

    code: str
    text: str | Promise
    source: str
    facts: dict[str, Any] = field(default_factory=dict)
    fix: str | Promise = ""
    blocks: bool = True
    is_default: bool = False
    change: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(self.text) % self._said()

    @property
    def way_out(self) -> str:
        return str(self.fix) % self._said()

    def _said(self) -> dict[str, Any]:
        """The facts as the reader's language writes them."""
        return {name: _written(value) for name, value in self.facts.items()}

    @property
    def source_label(self) -> str | Promise:
        return SOURCES[self.source]


@dataclass(frozen=True)
class Verdict:
    """What the judge says about one session."""

    broken: tuple[Broken, ...]
    met: int
    agreement: Agreement | None
    adults_needed: int

    @property
    def blocking(self) -> tuple[Broken, ...]:
        return tuple(rule for rule in self.broken if rule.blocks)

    @property
    def warnings(self) -> tuple[Broken, ...]:
        return tuple(rule for rule in self.broken if not rule.blocks)

    @property
    def may_book(self) -> bool:
        return not self.blocking

    @property
    def changes(self) -> dict[str, Any]:
        """All repairs together, for one button."""
        return {key: value for rule in self.broken for key, value in rule.change.items()}


class Judge:
    """Holds the rules of the providers, agreements, calendar and plans that concern one group and some sessions."""

    def __init__(self, sessions: Iterable[Session], group: Group) -> None:
        self.group = group
        self.today = clock.today()
        sessions = list(sessions)
        self.values = thresholds.of(group.school.district_id)
        hosts = {session.provider_id for session in sessions} | {session.place_id for session in sessions} - {None}
        providers = {session.provider_id for session in sessions}
        self.venues = Venue.objects.in_bulk(hosts)
        self.rules = {row.venue_id: row for row in BookingRules.objects.filter(venue__in=hosts).in_force(self.today)}
        self.listed = set(
            Listing.objects.listed()
            .filter(district_id=group.school.district_id, organisation__in=providers)
            .values_list("organisation_id", flat=True)
        )
        self.parties: dict[int, list[AgreementParty]] = defaultdict(list)
        for party in AgreementParty.objects.filter(
            organisation_id=group.school.pk, signed_at__isnull=False, agreement__venue__in=providers
        ).select_related("agreement"):
            self.parties[party.agreement.venue_id].append(party)
        self.holidays: set[dt.date] = set()
        self.plans: list[tuple[Any, str, dt.datetime, dt.datetime]] = []
        if sessions:
            self._load_calendar(sessions)
            self._load_plans(min(s.starts_at for s in sessions), max(s.ends_at for s in sessions))

    def _load_calendar(self, sessions: list[Session]) -> None:
        days = [session.day for session in sessions]
        off = CalendarDay.objects.filter(
            district_id=self.group.school.district_id, date__range=(min(days), max(days)), is_workday=False
        )
        self.holidays = {day for day in off.values_list("date", flat=True) if day.isoweekday() < 6}

    def _load_plans(self, start: dt.datetime, end: dt.datetime) -> None:
        """What the pupils and classes of the group already have between two instants."""
        during = {"is_live": True, "starts_at__lt": end, "ends_at__gt": start}
        pupils = [enrolment.student_id for enrolment in self.group.enrolments]
        self.pupil_plans = list(
            RollEntry.objects.filter(student__in=pupils, **during).values_list("student_id", "starts_at", "ends_at")
        )
        self.class_plans = list(
            BookingClass.objects.filter(school_class__in=self.group.classes, **during).values_list(
                "school_class_id", "starts_at", "ends_at"
            )
        )

    def rules_of(self, session: Session) -> BookingRules:
        """The venue's rules as they are today; the defaults where it has written none."""
        host = session.provider_id
        return self.rules.get(host) or BookingRules(venue_id=host, starts_on=self.today)

    def agreement_for(self, session: Session) -> Agreement | None:
        """The agreement of the school with the provider that is in force on the day of the session."""
        for party in self.parties[session.provider_id]:
            if party.agreement.is_in_force(session.day) and (party.left_on is None or party.left_on > session.day):
                return party.agreement
        return None

    def adults_needed(self, session: Session) -> int:
        """By the district's ratio or the venue's, whichever is stricter."""
        if session.provider_id == self.group.school.pk:
            return 0
        rules = self.rules_of(session)
        by_district = BookingRules(pupils_per_adult=self.values["pupils_per_adult"])
        counts = {"pupils": self.group.pupils - self.group.preschool, "preschool": self.group.preschool}
        return max(rules.adults_for(**counts), by_district.adults_for(**counts))

    def of(self, session: Session) -> Verdict:
        """Every rule, none left out because another one failed."""
        checks = COMMON if session.provider_id == self.group.school.pk else COMMON + OF_A_HOST
        found = [rule for check in checks if (rule := check(self, session))]
        return Verdict(tuple(found), len(checks) - len(found), self.agreement_for(session), self.adults_needed(session))


def is_open(judge: Judge, session: Session) -> Broken | None:
    if session.state != Session.State.OPEN:
        return Broken("session.state", _("This session can't be booked: it is not open."), "session")
    if session.has_begun:
        return Broken("session.begun", _("This session has already begun."), "session")
    if session.opens_on and judge.today < session.opens_on:
        return Broken(
            "session.opens",
            _("Booking opens on %(day)s."),
            "session",
            {"day": session.opens_on},
        )
    return None


def has_room(judge: Judge, session: Session) -> Broken | None:
    left = max(0, session.left_for(judge.group.is_entitled))
    needed = session.seats_for(judge.group.pupils)
    if needed <= left:
        return None
    return Broken(
        "session.capacity",
        _("%(left)s places are left and you need %(needed)s."),
        "session",
        {"left": left, "needed": needed},
        _("Book a smaller group, or choose another session."),
    )


def is_for_group(judge: Judge, session: Session) -> Broken | None:
    if session.audience == Session.Audience.TEACHERS:
        return Broken("session.audience", _("This session is for teachers."), "session")
    if session.audience == Session.Audience.FAMILIES and judge.group.by != "heads":
        return Broken(
            "session.audience",
            _("This is a family session: book it as a head count, every visitor is a head."),
            "session",
            fix=_("Choose “head count”."),
            change={"by": "heads"},
        )
    if session.school_id and session.school_id != judge.group.school.pk:
        return Broken("session.audience", _("This session belongs to another school."), "session")
    return None


def is_for_grades(judge: Judge, session: Session) -> Broken | None:
    meant = set(session.programme.grades)
    others = sorted(judge.group.grades - meant)
    if not meant or not others:
        return None
    return Broken(
        "programme.grades",
        _("This programme is for grades %(meant)s; your group has grade %(others)s."),
        "venue",
        {"meant": sorted(meant), "others": others},
        _("Choose other classes or another programme."),
    )


def pupils_are_free(judge: Judge, session: Session) -> Broken | None:
    busy = {who for who, start, end in judge.pupil_plans if start < session.ends_at and end > session.starts_at}
    if not busy:
        return None
    return Broken(
        "school.pupils_busy",
        _("%(count)s pupils of this group are on another list at that time."),
        "school",
        {"count": len(busy)},
        _("Choose another time, or change the list."),
    )


def classes_are_free(judge: Judge, session: Session) -> Broken | None:
    busy = {which for which, start, end in judge.class_plans if start < session.ends_at and end > session.starts_at}
    if not busy:
        return None
    names = [lazy(c.label, str)(session.day) for c in judge.group.classes if c.pk in busy]
    return Broken(
        "school.class_busy",
        _("%(names)s already has an activity on %(day)s at that time."),
        "school",
        {"names": names, "day": session.day},
        _("Choose another time or another class."),
    )


def is_listed(judge: Judge, session: Session) -> Broken | None:
    if session.provider_id in judge.listed or session.programme.open_to_all:
        return None
    return Broken(
        "district.listing",
        _("Your district has not listed this venue, or has suspended it."),
        "district",
        fix=_("Ask your bureau about the listing."),
    )


def is_large_enough(judge: Judge, session: Session) -> Broken | None:
    smallest = judge.rules_of(session).smallest_group
    if session.school_id or judge.group.pupils >= smallest:
        return None
    return Broken(
        "venue.group_min",
        _("A group has at least %(least)s pupils; yours has %(pupils)s."),
        "venue",
        {"least": smallest, "pupils": judge.group.pupils},
        _("Bring another class along."),
        is_default=judge.rules_of(session).is_default,
    )


def is_small_enough(judge: Judge, session: Session) -> Broken | None:
    largest = judge.rules_of(session).largest_group
    if judge.group.pupils <= largest:
        return None
    return Broken(
        "venue.group_max",
        _("A group has at most %(most)s pupils; yours has %(pupils)s."),
        "venue",
        {"most": largest, "pupils": judge.group.pupils},
        _("Split the group in two and book each of them."),
        is_default=judge.rules_of(session).is_default,
    )


def is_in_time(judge: Judge, session: Session) -> Broken | None:
    lead = judge.rules_of(session).lead_days
    if (session.day - judge.today).days >= lead:
        return None
    earliest = judge.today + dt.timedelta(days=lead)
    return Broken(
        "venue.lead_days",
        _("Book at least %(days)s days ahead; the earliest date is %(earliest)s."),
        "venue",
        {"days": lead, "earliest": earliest},
        _("Choose a session from %(earliest)s on."),
        is_default=judge.rules_of(session).is_default,
    )


def is_not_too_early(judge: Judge, session: Session) -> Broken | None:
    ahead = judge.rules_of(session).ahead_days
    if (session.day - judge.today).days <= ahead:
        return None
    return Broken(
        "venue.ahead_days",
        _("This venue takes bookings at most %(days)s days ahead, from %(from)s on."),
        "venue",
        {"days": ahead, "from": session.day - dt.timedelta(days=ahead)},
        _("Come back on that day."),
        is_default=judge.rules_of(session).is_default,
    )


def is_open_that_day(judge: Judge, session: Session) -> Broken | None:
    rules, venue = judge.rules_of(session), judge.venues.get(session.place_id)
    if venue is None:
        return None
    closed = session.day.isoweekday() in venue.closing_weekdays or session.day.isoweekday() not in rules.weekdays
    if not closed:
        return None
    return Broken(
        "venue.weekday",
        _("The venue receives no groups on this weekday."),
        "venue",
        fix=_("Choose another day."),
        is_default=rules.is_default,
    )


def is_no_holiday(judge: Judge, session: Session) -> Broken | None:
    rules = judge.rules_of(session)
    if not (rules.closed_on_holidays and session.day in judge.holidays and session.place_id in judge.venues):
        return None
    return Broken(
        "venue.holiday",
        _("The venue receives no groups on public holidays."),
        "venue",
        fix=_("Choose another day."),
        is_default=rules.is_default,
    )


def has_adults(judge: Judge, session: Session) -> Broken | None:
    needed = judge.adults_needed(session)
    if judge.group.adults >= needed or session.audience == Session.Audience.FAMILIES:
        return None
    return Broken(
        "district.adult_ratio",
        _("%(pupils)s pupils need at least %(needed)s adults; you entered %(adults)s."),
        "district",
        {"pupils": judge.group.pupils, "needed": needed, "adults": judge.group.adults},
        _("Bring %(needed)s adults."),
        is_default=judge.values.is_default("pupils_per_adult"),
        change={"adults": needed},
    )


AGREEMENT_OF = {
    Programme.Direction.GO_OUT: "agreement_needed_go_out",
    Programme.Direction.BRING_IN: "agreement_needed_bring_in",
}


def has_agreement(judge: Judge, session: Session) -> Broken | None:
    code = AGREEMENT_OF.get(session.programme.direction)  # online: never needed
    need = judge.values[code] if code else "none"
    if need == "none" or judge.agreement_for(session):
        return None
    ended = [party.agreement for party in judge.parties[session.provider_id]]
    common = {"blocks": need == "block", "is_default": judge.values.is_default(code or "")}
    if ended:
        last = max(agreement.last_day for agreement in ended)
        return Broken(
            "agreement.ended",
            _("Your agreement with this venue does not cover that day; it ends on %(day)s."),
            "agreement",
            {"day": last},
            _("Renew the agreement first."),
            **common,
        )
    return Broken(
        "agreement.missing",
        _("Your school has no agreement with this venue."),
        "agreement",
        fix=_("Start an agreement, or register one that is signed on paper."),
        **common,
    )


def _written(value: Any) -> Any:
    if isinstance(value, dt.date):
        return wording.day(value)
    return wording.listed([str(each) for each in value]) if isinstance(value, list) else value


COMMON = (is_open, has_room, is_for_group, is_for_grades, pupils_are_free, classes_are_free)
OF_A_HOST = (
    is_listed,
    is_large_enough,
    is_small_enough,
    is_in_time,
    is_not_too_early,
    is_open_that_day,
    is_no_holiday,
    has_adults,
    has_agreement,
)
