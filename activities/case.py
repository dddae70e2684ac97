"""Everything that the rules of booking look at, for one group and some sessions: a constant number of queries, no locks."""

import copy
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from django.db.models import Q
from django.utils import timezone

from activities import venue_days
from activities.groups import Group
from activities.models import (
    Booking,
    BookingClass,
    DayOff,
    Exemption,
    Hold,
    Programme,
    RollEntry,
    Session,
    VenueDay,
    WaitlistEntry,
)
from activities.uses import amounts
from activities.verdicts import Verdict
from partnerships import distance
from partnerships.models import Agreement, AgreementParty, BookingRules, CalendarDay, Commitment, Listing, Venue
from partnerships.models.school_class import school_year_of
from people import thresholds
from portal.lib import clock

ON_THE_WAY = dt.timedelta(hours=3)  # plans that end or begin so near a session may be too far away from it

AGREEMENT_OF = {
    Programme.Direction.GO_OUT: "agreement_needed_go_out",
    Programme.Direction.BRING_IN: "agreement_needed_bring_in",
}


class Plan(NamedTuple):
    """Where a pupil or class is from when until when; without a place it is online."""

    who: Any
    starts_at: dt.datetime
    ends_at: dt.datetime
    place_id: int | None


class Case:
    """Holds the rules of the providers, agreements, calendar and plans that concern one group and some sessions."""

    def __init__(
        self,
        sessions: Iterable[Session],
        group: Group,
        *,
        moving: Booking | None = None,
        waived: frozenset[str] = frozenset(),
        offered: int = 0,
        offered_heads: int = 0,
    ) -> None:
        """`moving` is the booking that would leave its place for one of the sessions: what it holds is not in its way.

        `waived` are codes of rules that remind and do not block. `offered` places are held for it by the waiting list,
        which counts it with `offered_heads` in the venue's day.
        """
        self.group, self.moving, self.waived, self.offered = group, moving, waived, offered
        self.offered_heads = offered_heads
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
        in_force = Hold.objects.in_force(self.today).filter(school=group.school.pk, venue__in=hosts)
        self.holds = {hold.venue_id: hold for hold in in_force}
        self.ceilings = self._ceilings() if self.parties else {}
        self.days = venue_days.counted(sessions)
        self.days_off = list(
            DayOff.objects.covering(group.school, hosts).filter(date__in={session.day for session in sessions})
        )
        in_line = WaitlistEntry.objects.live().filter(session__in=[session.pk for session in sessions])
        self.queued = set(in_line.values_list("session_id", flat=True))
        self.exemptions = self._granted(sessions, providers)
        self.holidays: set[dt.date] = set()
        self.pupil_plans: list[Plan] = []
        self.class_plans: list[Plan] = []
        self.visits: Counter[tuple[int, int]] = Counter()  # of the school: host, school year
        self.class_visits: Counter[tuple[int, int]] = Counter()  # class, school year
        self.held_at: set[int] = {session.place_id for session in sessions if session.place_id}
        self.places: dict[int, distance.Position] = {}
        if sessions:
            self._load_calendar(sessions)
            self._load_plans(min(s.starts_at for s in sessions), max(s.ends_at for s in sessions))
            self._count_visits(sessions)
            self._find_places()

    def for_part(self, group: Group) -> Self:
        """The same case for a group whose pupils and classes are among its own; asks the database nothing."""
        part = copy.copy(self)
        part.group = group
        pupils = {enrolment.student_id for enrolment in group.enrolments}
        classes = {school_class.pk for school_class in group.classes}
        part.pupil_plans = [plan for plan in self.pupil_plans if plan[0] in pupils]
        part.class_plans = [plan for plan in self.class_plans if plan[0] in classes]
        return part

    def _load_calendar(self, sessions: list[Session]) -> None:
        days = [session.day for session in sessions]
        off = CalendarDay.objects.filter(
            district_id=self.group.school.district_id, date__range=(min(days), max(days)), is_workday=False
        )
        self.holidays = {day for day in off.values_list("date", flat=True) if day.isoweekday() < 6}

    def _load_plans(self, start: dt.datetime, end: dt.datetime) -> None:
        """What the pupils and classes of the group already have between two instants, and just before and after."""
        during = {"is_live": True, "starts_at__lt": end + ON_THE_WAY, "ends_at__gt": start - ON_THE_WAY}
        own = {"booking": self.moving.pk if self.moving else None}
        when = ("starts_at", "ends_at", "session__place")
        pupils = [enrolment.student_id for enrolment in self.group.enrolments]
        rolls = RollEntry.objects.filter(student__in=pupils, **during).exclude(**own)
        self.pupil_plans = [Plan(*row) for row in rolls.values_list("student_id", *when)]
        slots = BookingClass.objects.filter(school_class__in=self.group.classes, **during).exclude(**own)
        self.class_plans = [Plan(*row) for row in slots.values_list("school_class_id", *when)]

    def _ceilings(self) -> dict[int, list[Commitment]]:
        """By agreement what was promised at most; what the moving booking takes of it is free for it."""
        agreements = {party.agreement_id for parties in self.parties.values() for party in parties}
        found: dict[int, list[Commitment]] = defaultdict(list)
        for row in Commitment.objects.filter(agreement__in=agreements, is_ceiling=True).select_related("party", "term"):
            found[row.agreement_id].append(row)
        own = dict(self.moving.uses.values_list("commitment", "reserved")) if self.moving else {}
        for row in (row for rows in found.values() for row in rows):
            row.reserved -= own.get(row.pk, 0)
        return found

    def ceilings_for(self, session: Session) -> list[tuple[Commitment, int]]:
        """The ceilings of the agreement that this group would count against, each with how much of it."""
        agreement = self.agreement_for(session)
        if agreement is None:
            return []
        amount = amounts(session, self.group.pupils)
        sides = {self.group.school.pk, session.provider_id}
        return [
            (row, amount[row.kind])
            for row in self.ceilings.get(agreement.pk, [])
            if row.kind in amount
            and row.party.organisation_id in sides
            and row.term.starts_on <= session.day < row.term.ends_on
        ]

    def _granted(self, sessions: list[Session], providers: set[int]) -> list[Exemption]:
        """Exceptions that the school may use, each with `used`; what the moving booking stands on is free for it."""
        days = [session.day for session in sessions]
        if not days:
            return []
        granted = Exemption.objects.filter(
            school=self.group.school.pk,
            provider__in=providers,
            state=Exemption.State.GRANTED,
            starts_on__lte=max(days),
            ends_on__gt=min(days),
        )
        return list(granted.counted(leaving=self.moving).order_by("ends_on", "pk"))

    def _count_visits(self, sessions: list[Session]) -> None:
        """Visits of the school years in question, as far as somebody caps them."""
        years = {school_year_of(session.day) for session in sessions}
        during = (clock.moment(dt.date(min(years), 9, 1)), clock.moment(dt.date(max(years) + 1, 9, 1)))
        school, own = self.group.school.pk, self.moving.pk if self.moving else None
        if capping := [host for host, rules in self.rules.items() if rules.visits_a_year]:
            alive = Booking.objects.alive().filter(school=school, session__provider__in=capping).exclude(pk=own)
            rows = alive.filter(session__starts_at__gte=during[0], session__starts_at__lt=during[1])
            self.visits.update(_by_year(rows.values_list("session__provider", "session__starts_at").order_by()))
        if self.values["class_visits_a_year"]:
            slots = BookingClass.objects.filter(
                school_class__in=self.group.classes, is_live=True, starts_at__gte=during[0], starts_at__lt=during[1]
            ).exclude(Q(session__provider=school) | Q(booking=own))
            self.class_visits.update(_by_year(slots.values_list("school_class_id", "starts_at").order_by()))

    def _find_places(self) -> None:
        """Where everything is that the group has around these sessions; nothing is asked while it has nothing."""
        plans = {plan.place_id for plan in (*self.pupil_plans, *self.class_plans) if plan.place_id}
        if plans and not self.places:
            self.places = distance.places(plans | self.held_at)

    def suppose(self, session: Session, group: Group, verdict: Verdict | None = None) -> None:
        """From now on as if this group had booked the session, which is one of the case's own objects: its places,
        the venue's day, the plans of its pupils and classes, what is capped. Writes nothing."""
        seats = session.seats_for(group.pupils)
        session.held_taken += min(seats, session.held_open) if group.is_entitled else 0
        session.taken += seats
        for part in VenueDay.parts_of(session):
            key = (session.place_id or 0, session.day, part)
            row = self.days.setdefault(key, VenueDay(venue_id=session.place_id, date=session.day, part=part))
            row.groups, row.heads = row.groups + 1, row.heads + group.pupils
        when = (session.starts_at, session.ends_at, session.place_id)
        self.pupil_plans = [*self.pupil_plans, *(Plan(enrolment.student_id, *when) for enrolment in group.enrolments)]
        self.class_plans = [*self.class_plans, *(Plan(school_class.pk, *when) for school_class in group.classes)]
        self._find_places()
        year = school_year_of(session.day)
        self.visits[session.provider_id, year] += 1
        if session.provider_id != group.school.pk:
            self.class_visits.update((school_class.pk, year) for school_class in group.classes)
        for commitment, amount in self.for_part(group).ceilings_for(session):
            commitment.reserved += amount
        for exemption in verdict.exemptions if verdict else ():
            exemption.used += 1

    def exemption_for(self, session: Session, code: str) -> Exemption | None:
        """What lets the school pass this rule in this session: the first to end that is not used up."""
        return next(
            (
                row
                for row in self.exemptions
                if row.code == code
                and row.provider_id == session.provider_id
                and row.starts_on <= session.day < row.ends_on
                and row.used < row.most
            ),
            None,
        )

    def rules_of(self, session: Session) -> BookingRules:
        """The venue's rules as they are today; the defaults where it has written none."""
        host = session.provider_id
        return self.rules.get(host) or BookingRules(venue_id=host, starts_on=self.today)

    def rules_at(self, session: Session) -> BookingRules:
        """The rules of the place to which the group comes, whoever gives the session there."""
        return self.rules.get(session.place_id or 0) or BookingRules(venue_id=session.place_id, starts_on=self.today)

    def left_at(self, session: Session, part: str) -> tuple[int | None, int | None]:
        """Groups and heads that the venue still receives in this part of the day; None: as many as fit."""
        row = self.days.get((session.place_id or 0, session.day, part))
        taken = (row.groups, row.heads) if row else (0, 0)
        if self.moving and self._leaves(session, part):
            taken = (taken[0] - 1, taken[1] - self.moving.pupils)
        if self.offered_heads:
            taken = (taken[0] - 1, taken[1] - self.offered_heads)
        groups, heads = venue_days.quotas(self.rules_at(session), part)
        return (
            None if groups is None else max(0, groups - taken[0]),
            None if heads is None else max(0, heads - taken[1]),
        )

    def _leaves(self, session: Session, part: str) -> bool:
        """Whether the booking that moves is counted there already."""
        old = self.moving.session if self.moving and self.moving.is_alive else None
        if old is None or (old.place_id, old.day) != (session.place_id, session.day):
            return False
        return part in VenueDay.parts_of(old)

    def agreement_for(self, session: Session) -> Agreement | None:
        """The agreement of the school with the provider that is in force on the day of the session."""
        for party in self.parties[session.provider_id]:
            if party.agreement.is_in_force(session.day) and (party.left_on is None or party.left_on > session.day):
                return party.agreement
        return None

    def agreement_need(self, session: Session) -> str:
        """What the district says of visits without an agreement: none, warn or block. Online none is ever needed."""
        code = AGREEMENT_OF.get(session.direction)
        return self.values[code] if code else "none"

    def rests_on_sheet(self, session: Session) -> bool:
        """The district blocks for want of an agreement, and the group does this one visit on a confirmation sheet."""
        is_asked = self.group.on_sheet and session.provider_id != self.group.school.pk
        return is_asked and self.agreement_need(session) == "block" and self.agreement_for(session) is None

    def adults_needed(self, session: Session) -> int:
        """By the district's ratio or the venue's, whichever is stricter."""
        if session.provider_id == self.group.school.pk:
            return 0
        rules = self.rules_of(session)
        by_district = BookingRules(pupils_per_adult=self.values["pupils_per_adult"])
        counts = {"pupils": self.group.pupils - self.group.preschool, "preschool": self.group.preschool}
        return max(rules.adults_for(**counts), by_district.adults_for(**counts))


def _by_year(rows: Iterable[tuple[int, dt.datetime]]) -> Iterable[tuple[int, int]]:
    """Keys with the school year of each instant."""
    return ((key, school_year_of(timezone.localtime(start).date())) for key, start in rows)
