"""A group in line in the demo: a session that has been full since yesterday, and a class that hopes for it."""

import datetime as dt

from activities import groups, sessions, waitlist
from activities.eligibility import Judge
from activities.models import Session
from people.roles import Role
from portal.demo.agenda import Agenda
from portal.demo.classes import class_of
from portal.demo.happenings import LOUCUN
from portal.demo.places import World
from portal.lib import keys


def plan(agenda: Agenda, world: World, when: dt.datetime) -> None:
    agenda.at(when, lambda: fill(world))


def fill(world: World) -> None:
    """The host takes the free places of a coming session off; a class that would have fitted joins the list."""
    rows = Session.objects.open().upcoming().for_groups().filter(taken__gt=0, unit=Session.Unit.HEADS)
    hosts = {person.organisation_id: person for person in world.people.values()}
    found = rows.filter(provider__in=hosts).select_related("programme", "provider").order_by("starts_at", "pk")
    school, who = world.schools[LOUCUN], world.worn_at(LOUCUN, Role.COORDINATOR)
    for session in found:
        group = groups.of_classes(school, [class_of(school, 4, 3, world.today)], on=session.day, adults=3)
        if Judge([session], group).of(session).may_book:
            sessions.edit(session, by=hosts[session.provider_id], capacity=session.taken, held_back=0)
            leader = world.worn_at(LOUCUN, Role.TEACHER, Role.COORDINATOR).membership
            waitlist.join(session, group, by=who, leader=leader, request_key=keys.fresh())
            return
