"""Everything that the rules of booking look at, for one group and some sessions: a constant number of queries, no locks."""

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Self

from activities import venue_days
from activities.groups import Group
from activities.models import Booking, BookingClass, DayOff, Hold, RollEntry, Session, VenueDay, WaitlistEntry
from partnerships.models import Agreement, AgreementParty, BookingRules, CalendarDay, Listing, Venue
from people import thresholds
from portal.lib import clock

Plan = tuple[Any, dt.datetime, dt.datetime]  # who, from when, until when


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
    ) -> None:
        """`moving` is the booking that would leave its place for one of the sessions: what it holds is not in its way.

        `waived` are codes of rules that remind and do not block. `offered` places are held for it by the waiting list.
        """
        self.group, self.moving, self.waived, self.offered = group, moving, waived, offered
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
        self.days = venue_days.counted(sessions)
        self.days_off = list(
            DayOff.objects.covering(group.school, hosts).filter(date__in={session.day for session in sessions})
        )
        in_line = WaitlistEntry.objects.live().filter(session__in=[session.pk for session in sessions])
        self.queued = set(in_line.values_list("session_id", flat=True))
        self.holidays: set[dt.date] = set()
        self.pupil_plans: list[Plan] = []
        self.class_plans: list[Plan] = []
        if sessions:
            self._load_calendar(sessions)
            self._load_plans(min(s.starts_at for s in sessions), max(s.ends_at for s in sessions))

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
        """What the pupils and classes of the group already have between two instants."""
        during = {"is_live": True, "starts_at__lt": end, "ends_at__gt": start}
        own = {"booking": self.moving.pk if self.moving else None}
        pupils = [enrolment.student_id for enrolment in self.group.enrolments]
        self.pupil_plans = list(
            RollEntry.objects.filter(student__in=pupils, **during)
            .exclude(**own)
            .values_list("student_id", "starts_at", "ends_at")
        )
        self.class_plans = list(
            BookingClass.objects.filter(school_class__in=self.group.classes, **during)
            .exclude(**own)
            .values_list("school_class_id", "starts_at", "ends_at")
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
        if self._leaves(session, part):
            taken = (taken[0] - 1, taken[1] - self.group.pupils)
        groups, heads = venue_days.quotas(self.rules_at(session), part)
        return (
            None if groups is None else max(0, groups - taken[0]),
            None if heads is None else max(0, heads - taken[1]),
        )

    def _leaves(self, session: Session, part: str) -> bool:
        """Whether the booking that moves is counted there already."""
        old = self.moving.session if self.moving else None
        if old is None or (old.place_id, old.day) != (session.place_id, session.day):
            return False
        return part in VenueDay.parts_of(old)

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
