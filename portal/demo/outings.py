"""How groups of the demo travel: their papers, the lead's word, the filing and the return; and a grade out as one."""

import datetime as dt
import itertools

from activities import checklist, grade_outings, groups, outings, sessions, spreading
from activities.models import Booking, Outing, Programme
from people.actors import Person
from people.roles import Role
from portal.demo.agenda import Agenda, moment
from portal.demo.classes import class_of
from portal.demo.places import RURAL, World
from portal.lib import clock, keys
from portal.lib.errors import Refused

AHEAD = dt.timedelta(days=9)
SCHOOL = "楼村小学"
GRADE = ((5, 1), (5, 2), (5, 3), (6, 1), (6, 2), (6, 3))
TIMES = ((9, 0), (13, 0))
TRAVEL = {
    "transport": Outing.Transport.COACH, "carrier": "示例客运公司", "drivers": "粤B·示例01 赵师傅（示例）",
    "meeting_place": "校门口", "phone": "0755-00000000",
}  # fmt: skip


def travel(agenda: Agenda, world: World, booking: Booking) -> None:
    """The papers of a visit that goes out: handed in nine days before, approved, filed, and reported after the return.

    The example school forgot them once: that outing is reported as not approved."""
    name = booking.school.organisation.name_zh
    if booking.outing is None:
        return
    outing, session = booking.outing, booking.session
    lead = next((who for who in world.people.values() if _is_lead(who, booking.school_id)), None)
    soon = max(session.starts_at - AHEAD, clock.now() + dt.timedelta(hours=1))
    if lead and not (name == RURAL and session.starts_at < clock.now() + dt.timedelta(days=40)):
        agenda.at(soon, lambda: _hand_in(world, outing, name))
        agenda.at(soon + dt.timedelta(hours=20), lambda: _step(outing, "submitted", outings.approve, lead))
        officer = world.offices[booking.district.name_zh][0]
        agenda.at(soon + dt.timedelta(hours=44), lambda: _step(outing, "approved", outings.file, officer))
    back = session.ends_at + dt.timedelta(minutes=50)
    agenda.at(back, lambda: _report(world, outing, name))


def _is_lead(who: Person, school: int) -> bool:
    return who.role == Role.SCHOOL_LEAD and who.organisation_id == school


def _coordinator(world: World, name: str) -> Person:
    return world.worn_at(name, Role.COORDINATOR, Role.SCHOOL_LEAD)


def _hand_in(world: World, outing: Outing, name: str) -> None:
    found = Outing.objects.going().with_names().filter(pk=outing.pk, state=Outing.State.PREPARING).first()
    if found is None:
        return
    by = _coordinator(world, name)
    outings.plan(found, by=by, papers=[], **TRAVEL | outings.proposed(found))
    outings.plan(found, by=by, papers=[line.code for line in checklist.of(found)])
    outings.submit(found, by=by)


def _step(outing: Outing, state: str, verb, by: Person) -> None:
    found = Outing.objects.going().filter(pk=outing.pk, state=state).first()
    if found:
        verb(found, by=by)


def _report(world: World, outing: Outing, name: str) -> None:
    """By whoever booked it, once the roll is there."""
    found = Outing.objects.going().filter(pk=outing.pk, bookings__called_at__isnull=False).first()
    if found:
        there = outings.there(found)
        outings.report(found, by=_coordinator(world, name), out_heads=there, back_heads=there)


def plan(agenda: Agenda, world: World, programme: Programme, when: dt.datetime) -> None:
    """Six classes as one outing in about two weeks, handed in some hours later: the lead's word is missing."""
    agenda.at(when, lambda: a_grade(agenda, world, programme))


def a_grade(agenda: Agenda, world: World, programme: Programme) -> None:
    """The museum adds two sessions on the first day on which all six classes fit."""
    school, by = world.schools[SCHOOL], _coordinator(world, SCHOOL)
    host = next(who for who in world.people.values() if who.organisation_id == programme.provider_id)
    for days in range(10, 24):
        day = clock.today() + dt.timedelta(days=days)
        if day.isoweekday() != 2:
            continue
        made = [sessions.create_open(programme, by=host, starts_at=moment(day, *time), capacity=150) for time in TIMES]
        classes = [class_of(school, grade, number, world.today) for grade, number in GRADE]
        whole = groups.of_classes(school, classes, on=day, adults=0)
        found = spreading.spread(made, groups.by_class(whole))[day]
        who = [each.membership for each in world.people.values() if each.organisation_id == school.pk]
        trips = [
            grade_outings.Trip(part.session, part.group, leader)
            for part, leader in zip(found.parts, itertools.cycle(who), strict=False)
        ]
        try:
            outing = grade_outings.book(school, trips, by=by, request_key=keys.fresh())
        except Refused:  # a holiday, or a class that is elsewhere: the next week
            continue
        agenda.at(clock.now() + dt.timedelta(hours=3), lambda outing=outing: _hand_in(world, outing, SCHOOL))
        return
