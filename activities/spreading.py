"""A grade goes out: its classes are spread over the sessions of one day that fit them, all or nothing."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from activities import groups, packing
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Session, VenueDay
from activities.verdicts import Broken, Verdict
from portal.lib import clock

# What the packing settles for all groups together; every other rule is asked for each group and session.
OF_PACKING = {"session.capacity", "venue.quota_half_day", "venue.quota_day"}
AHEAD = dt.timedelta(days=60)


@dataclass(frozen=True)
class Part:
    """One group in one session: what becomes one booking."""

    session: Session
    group: Group
    verdict: Verdict


@dataclass(frozen=True)
class Spread:
    """The classes over the sessions of one day; empty `parts` where they do not fit. `broken` says why not."""

    day: dt.date
    sessions: tuple[Session, ...]
    parts: tuple[Part, ...] = ()
    broken: tuple[Broken, ...] = ()
    left: int = 0  # places of all sessions together
    needed: int = 0

    @property
    def fits(self) -> bool:
        return bool(self.parts)

    @property
    def by_session(self) -> list[tuple[Session, list[Part]]]:
        """Sessions that receive somebody, by time, with their groups."""
        return [
            (session, [part for part in self.parts if part.session.pk == session.pk])
            for session in self.sessions
            if any(part.session.pk == session.pk for part in self.parts)
        ]

    @property
    def warnings(self) -> list[Broken]:
        """Rules that only remind, each once."""
        found = {rule.code: rule for part in self.parts for rule in part.verdict.warnings}
        return list(found.values())


def alternatives(session: Session) -> list[Session]:
    """The session and the others of its programme from now on, of the same host, that any school books."""
    until = max(session.starts_at, clock.now()) + AHEAD
    rows = Session.objects.open().upcoming().for_groups().filter(programme=session.programme_id, starts_at__lt=until)
    return list(rows.select_related("programme", "provider", "place", "hall").order_by("starts_at", "pk"))


def spread(sessions: Iterable[Session], parts: Sequence[Group]) -> dict[dt.date, Spread]:
    """For each day with sessions: where each group would go. A constant number of queries for any number of days."""
    sessions = list(sessions)
    if not parts or not sessions:
        return {}
    judge = Judge(sessions, groups.together(parts))
    days: dict[dt.date, list[Session]] = {}
    for session in sessions:
        days.setdefault(session.day, []).append(session)
    return {day: _of_day(judge, day, rows, parts) for day, rows in days.items()}


def _of_day(judge: Judge, day: dt.date, sessions: list[Session], classes: Sequence[Group]) -> Spread:
    parts = _large_enough(judge, sessions[0], classes)
    asked = [[_asked(judge, session, part) for session in sessions] for part in parts]
    stops = [[_stops(verdict) for _group, verdict in row] for row in asked]
    rooms, budgets = _rooms(judge, sessions, parts[0])
    heads = [part.pupils for part in parts]
    found = packing.pack(heads, rooms, budgets=budgets, may=lambda group, room: not stops[group][room])
    left = sum(max(0, room.seats) for room in rooms if room.counts_heads)
    plain = Spread(day, tuple(sessions), left=left, needed=sum(heads))
    if found is None:
        return dataclasses.replace(plain, broken=_why_not(stops))
    chosen = [asked[number][room] for number, room in enumerate(found)]
    placed = tuple(Part(sessions[room], *each) for room, each in zip(found, chosen, strict=True))
    return dataclasses.replace(plain, parts=placed)


def _large_enough(judge: Judge, session: Session, classes: Sequence[Group]) -> list[Group]:
    """Classes that are smaller than the host's smallest group join their neighbours."""
    smallest = judge.rules_of(session).smallest_group
    found: list[Group] = []
    for group in classes:
        if found and found[-1].pupils < smallest:
            found[-1] = groups.together([found[-1], group])
        else:
            found.append(group)
    if len(found) > 1 and found[-1].pupils < smallest:
        found[-2:] = [groups.together(found[-2:])]
    return found


def _asked(judge: Judge, session: Session, part: Group) -> tuple[Group, Verdict]:
    """The group with as many adults as rules ask for, unless somebody has said a number; and what the judge says."""
    own = judge.for_part(part)
    if not part.adults:
        part = dataclasses.replace(part, adults=own.adults_needed(session))
        own = judge.for_part(part)
    return part, own.of(session)


def _stops(verdict: Verdict) -> tuple[Broken, ...]:
    return tuple(rule for rule in verdict.blocking if rule.code not in OF_PACKING)


def _why_not(stops: list[list[tuple[Broken, ...]]]) -> tuple[Broken, ...]:
    """Of the groups that no session takes: the rules of the session that comes nearest, each once."""
    nearest = [min(row, key=len) for row in stops if all(row)]
    return tuple({rule.code: rule for rules in nearest for rule in rules}.values())


def _rooms(
    judge: Judge, sessions: list[Session], sample: Group
) -> tuple[list[packing.Room], dict[str, packing.Budget]]:
    """The sessions as containers; the day and the half-day of a venue are what they share."""
    budgets: dict[str, packing.Budget] = {}
    rooms = []
    for session in sessions:
        names = []
        for part in VenueDay.parts_of(session) if session.place_id in judge.venues else ():
            name = f"{session.place_id}:{part}"
            budgets.setdefault(name, packing.Budget(*judge.left_at(session, part)))
            names.append(name)
        by_heads = session.unit == Session.Unit.HEADS
        rooms.append(packing.Room(session.left_for(sample.is_entitled), by_heads, tuple(names)))
    return rooms, budgets
