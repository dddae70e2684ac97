"""特批 in the demo: two sessions are nearer than their venues' lead time; one exception is granted and used, one waits."""

import datetime as dt

from activities import bookings, exemptions, groups
from activities.eligibility import Judge
from activities.models import Session
from people.actors import Person
from people.roles import Role
from portal.demo.agenda import Agenda
from portal.demo.classes import class_of
from portal.demo.happenings import LOUCUN
from portal.demo.places import World
from portal.lib import keys

LEAD = "venue.lead_days"


def plan(agenda: Agenda, world: World, when: dt.datetime) -> None:
    agenda.at(when, lambda: ask(world))


def ask(world: World) -> None:
    """Two classes each ask for a session that their venue's lead time alone closes; the first venue agrees."""
    hosts = {person.organisation_id: person for person in world.people.values()}
    rows = Session.objects.open().upcoming().for_groups().filter(provider__in=hosts, unit=Session.Unit.HEADS)
    found = list(rows.select_related("programme", "provider").order_by("starts_at", "pk")[:60])
    school, who = world.schools[LOUCUN], world.worn_at(LOUCUN, Role.COORDINATOR)
    reasons = iter(("科技节当周仅此一天可外出", "原场次因设备检修取消，希望本周补上"))
    answer: Person | None
    for number in (1, 2):
        school_class = class_of(school, 5, number, world.today)
        group = groups.of_classes(school, [school_class], on=found[0].day if found else world.today, adults=3)
        near = next((one for one in found if _asks_for_one(Judge([one], group).of(one))), None)
        if near is None:
            return
        found.remove(near)
        asked = exemptions.ask(near, group, by=who, codes=[LEAD], reason=next(reasons))
        answer = hosts[near.provider_id] if number == 1 else None
        if answer:
            exemptions.grant(asked[0], by=answer, answer="当天接待能力充足")
            leader = world.worn_at(LOUCUN, Role.TEACHER, Role.COORDINATOR).membership
            bookings.request(near, group, by=who, leader=leader, request_key=keys.fresh())


def _asks_for_one(verdict) -> bool:
    return [rule.code for rule in verdict.blocking] == [LEAD]
