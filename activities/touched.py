"""影响范围: what ending, suspending, shortening or leaving an agreement touches, and what may become of each.

Reading only: `look` tells, activities/endings.py does. What an option says beforehand is what happens when it is chosen.
Bookings come first: what may become of a session depends on who still comes to it, and of a counselor on the session.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from activities import groups, uses
from activities.eligibility import Judge
from activities.models import Booking, Session
from activities.models.booking import BookingQuerySet
from activities.options import Act, Change, Option, Outcome, Plan, Row, Touched, TouchedAssignment, TouchedSession, What
from activities.rules import AGREEMENT_OF
from activities.touched_sessions import Around, closed_ones
from partnerships.models import Agreement, BookingRules, Commitment
from people.actors import Actor
from portal.lib import clock

AHEAD = dt.timedelta(days=60)  # how far another date is looked for
MOST_DATES = 3
State = Booking.State


@dataclass(frozen=True)
class Preview:
    agreement: Agreement
    change: Change
    rows: tuple[Touched, ...]
    around: Around
    commitments: tuple[Commitment, ...]

    @property
    def pupils(self) -> int:
        return sum(row.booking.pupils for row in self.rows)

    def plan(self, choose: Callable[[Row], Option | None] = lambda row: None) -> Plan:
        """An option for each row in order: the chosen one, or what is proposed where there is none."""
        plan = {row.name: choose(row) or row.options[0] for row in self.rows}
        plan |= {row.name: choose(row) or row.options[0] for row in self.around.session_rows(plan)}
        return plan | {row.name: choose(row) or row.options[0] for row in self.around.assignment_rows(plan)}

    def wished(self, keys: Mapping[str, str]) -> Plan:
        """The options of these keys as far as they still stand; else what is proposed."""
        return self.plan(lambda row: row.option(keys.get(row.name, "")))

    def chosen(self, keys: Mapping[str, str]) -> Plan | None:
        """The options of these keys; None unless every row has one that still stands, and no key is left over."""
        plan = self.wished(keys)
        return plan if self.keys_of(plan) == dict(keys) else None

    def rows_of(self, plan: Plan) -> list[Row]:
        """Everything touched, with the options that the plan leaves."""
        return [*self.rows, *self.sessions_of(plan), *self.assignments_of(plan)]

    def sessions_of(self, plan: Plan) -> list[TouchedSession]:
        return self.around.session_rows(plan)

    def assignments_of(self, plan: Plan) -> list[TouchedAssignment]:
        return self.around.assignment_rows(plan)

    def keys_of(self, plan: Plan) -> dict[str, str]:
        """What a form sends for this plan: a key for everything that can be chosen."""
        return {row.name: row.key_of(plan[row.name]) for row in self.rows_of(plan) if row.is_open}

    def outcome(self, plan: Plan) -> Outcome:
        reserved: dict[int, int] = defaultdict(int)
        released: dict[int, int] = defaultdict(int)
        bookings = {}
        for row in self.rows:
            booking, option = row.booking, plan[row.name]
            bookings[booking.pk] = (option.state, option.session.pk, option.agreement.pk if option.agreement else None)
            wanted = self._needed(option, booking)
            for key in wanted.keys() | row.reserved.keys():
                more = wanted.get(key, 0) - row.reserved.get(key, 0)
                reserved[key] += more
                released[key] += max(-more, 0)
        sessions = {row.pk: plan[row.name].state for row in self.sessions_of(plan)}
        assignments = {row.pk: (plan[row.name].state, plan[row.name].session.pk) for row in self.assignments_of(plan)}
        return Outcome(bookings, sessions, assignments, _without_zeros(reserved), _without_zeros(released))

    def _needed(self, option: Option, booking: Booking) -> dict[int, int]:
        """What the booking reserves afterwards, as `uses.needed` will find it."""
        if option.what == What.CANCEL or option.agreement is None:
            return {}
        amount = uses.amounts(option.session, booking.pupils)
        day, sides = option.session.day, {booking.school_id, option.session.provider_id}
        return {
            row.pk: amount[row.kind]
            for row in self.commitments
            if row.agreement_id == option.agreement.pk
            and row.kind in amount
            and row.party.organisation_id in sides
            and row.term.starts_on <= day < row.term.ends_on
        }


def _without_zeros(amounts: Mapping[int, int]) -> dict[int, int]:
    return {key: amount for key, amount in amounts.items() if amount}


class After(Judge):
    """Judges as if the change had happened already: from its day on the school has left the agreement."""

    def __init__(self, agreement: Agreement, change: Change, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for party in self.parties[agreement.venue_id]:
            if party.agreement_id == agreement.pk:
                party.left_on = min(party.left_on or change.on, change.on)


def coming(agreement: Agreement, change: Change) -> BookingQuerySet:
    """Bookings that rest on the agreement, on a day that it carries no more, in sessions that have not begun."""
    rows = Booking.objects.filter(agreement=agreement, state__in=uses.COMING, session__starts_at__gt=clock.now())
    rows = rows.filter(session__starts_at__gte=clock.moment(change.on))
    return rows if change.school_id is None else rows.filter(school=change.school_id)


def look(agreement: Agreement, change: Change, *, by: Actor) -> Preview:
    """Everything touched, earliest first, with what may become of each when `by` decides; queries by school, not by row."""
    found = list(
        coming(agreement, change)
        .with_group()
        .prefetch_related("uses")
        .select_related("school__organisation__district")
        .order_by("session__starts_at", "pk")
    )
    rows = _Options(agreement, change, found, by).rows()
    pacts = {agreement.pk} | {one.agreement.pk for row in rows for one in row.options if one.agreement}
    commitments = Commitment.objects.filter(agreement__in=pacts).select_related(
        "term", "party__organisation", "agreement"
    )
    return Preview(
        agreement,
        change,
        tuple(rows),
        Around(rows, closed_ones(agreement, change), change, by),
        tuple(commitments.order_by("term__starts_on", "pk")),
    )


class _Options:
    """What may become of each booking; loads what the schools' judges need once."""

    def __init__(self, agreement: Agreement, change: Change, bookings: list[Booking], by: Actor) -> None:
        self.agreement, self.change, self.bookings, self.by = agreement, change, bookings, by
        rules = BookingRules.objects.filter(venue=agreement.venue_id).order_by("-starts_on") if bookings else ()
        self.venue_rules = list(rules)
        self.dates = list(self._dates()) if bookings else []

    def _dates(self) -> models.QuerySet[Session]:
        """Open sessions of the venue that could take a group instead."""
        rows = Session.objects.open().upcoming().for_groups().filter(provider=self.agreement.venue_id)
        rows = rows.filter(starts_at__lt=clock.now() + AHEAD).exclude(audience=Session.Audience.TEACHERS)
        return rows.select_related("programme", "provider", "place", "hall").order_by("starts_at", "pk")

    def rows(self) -> list[Touched]:
        by_school: dict[int, list[Booking]] = defaultdict(list)
        for booking in self.bookings:
            by_school[booking.school_id].append(booking)
        options: dict[int, tuple[Option, ...]] = {}
        for own in by_school.values():
            options |= self._of_school(own)
        return [
            Touched(
                options[booking.pk],
                booking,
                {use.commitment_id: use.reserved for use in booking.uses.all() if use.reserved},
            )
            for booking in self.bookings
        ]

    def _of_school(self, bookings: list[Booking]) -> dict[int, tuple[Option, ...]]:
        parts = {booking.pk: groups.of_booking(booking, on=booking.session.day) for booking in bookings}
        sessions = {one.pk: one for one in [*(booking.session for booking in bookings), *self.dates]}
        judge = After(self.agreement, self.change, sessions.values(), groups.together(list(parts.values())))
        found = {}
        for booking in bookings:
            own = judge.for_part(parts[booking.pk])
            found[booking.pk] = (*self._keep(booking, own), *self._move(booking, own), self._cancel(booking))
        return found

    def _keep(self, booking: Booking, judge: After) -> list[Option]:
        """It takes place all the same: during a suspension under this agreement, else under another or under none."""
        if self.change.act == Act.SUSPEND:
            return [Option(What.KEEP, booking.state, booking.session, self.agreement)]
        instead = judge.agreement_for(booking.session)
        code = AGREEMENT_OF.get(booking.session.direction)
        if instead is None and code and judge.values[code] == "block":
            return []
        return [Option(What.KEEP, booking.state, booking.session, instead)]

    def _move(self, booking: Booking, judge: After) -> list[Option]:
        """Other dates of the venue that an agreement carries, and that the school can still cancel for nothing."""
        session = booking.session
        if session.school_id or (booking.state == State.CONFIRMED and self._is_late(booking)):
            return []
        found: list[Option] = []
        for to in sorted(self.dates, key=lambda one: (one.programme_id != session.programme_id, one.starts_at, one.pk)):
            free_hours = dt.timedelta(hours=self._rules(clock.today()).free_cancel_hours)
            if len(found) == MOST_DATES or to.pk == session.pk or to.starts_at - free_hours <= clock.now():
                continue
            carried = judge.agreement_for(to)
            if carried is None or not judge.of(to).may_book:
                continue
            at_once = to.programme.confirms_at_once or self._is_host
            found.append(Option(What.MOVE, State.CONFIRMED if at_once else State.REQUESTED, to, carried))
        return found

    def _cancel(self, booking: Booking) -> Option:
        """On the side of whoever ends: the venue's cancellation, or the school's, late or not; else nobody's fault."""
        if self._is_host:
            name = "cancel_by_venue"
        elif self.by.organisation_id == booking.school_id:
            name = (
                "withdraw"
                if booking.state == State.REQUESTED
                else "cancel_late"
                if self._is_late(booking)
                else "cancel"
            )
        else:
            name = "cancel_no_fault"
        return Option(What.CANCEL, Booking.MOVES[name].target, booking.session, booking.agreement, name)

    @property
    def _is_host(self) -> bool:
        return self.by.organisation_id == self.agreement.venue_id

    def _rules(self, day: dt.date) -> BookingRules:
        found = next((row for row in self.venue_rules if row.starts_on <= day), None)
        return found or BookingRules(venue_id=self.agreement.venue_id, starts_on=day)

    def _is_late(self, booking: Booking) -> bool:
        """As `bookings.is_late` says, without a query a row."""
        rules = self._rules(timezone.localtime(booking.requested_at).date())
        return clock.now() > booking.session.starts_at - dt.timedelta(hours=rules.free_cancel_hours)
