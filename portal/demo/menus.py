"""Requests 点单 in the demo: a club that is offered another weekday, a group that waits for an answer, a talk agreed on,
and a counselor who is asked."""

import datetime as dt

from activities import groups, programmes, requests
from activities.groups import Group
from activities.models import Counselor, Programme, Request
from activities.proposals import Wanted
from partnerships import calendar, schools
from partnerships.models import ActivityGroup
from people.actors import Person
from people.roles import Role
from portal.demo.agenda import Agenda
from portal.demo.classes import class_of
from portal.demo.happenings import LOUCUN
from portal.demo.places import World
from portal.lib import clock, keys
from portal.lib.errors import Refused

VALLEY, ZAOWU, NEIGHBOUR = "时尚生态谷", "深圳市工程生物产业创新中心“造物”科普基地", "东周小学"
DISTRICT = "光明区"
SLOTS = ((1, dt.time(16, 40)), (2, dt.time(16, 40)), (5, dt.time(16, 40)))
AHEAD = dt.timedelta(days=10)  # a venue answers a week before


def plan(agenda: Agenda, world: World, now: dt.datetime) -> None:
    agenda.at(now - dt.timedelta(days=6), lambda: write_menu(world))
    agenda.at(now - dt.timedelta(days=3), lambda: ask(world))


def write_menu(world: World) -> None:
    """The school's slots, and a club that the valley gives in schools."""
    for weekday, starts in SLOTS:
        ends = (dt.datetime.combine(world.today, starts) + dt.timedelta(minutes=50)).time()
        schools.add_slot(
            world.schools[LOUCUN], by=world.worn_at(LOUCUN, Role.COORDINATOR), weekday=weekday, starts=starts, ends=ends
        )
    lead = world.lead_of(VALLEY)
    garden = programmes.create(
        world.venues[VALLEY].organisation, by=lead, name_zh="阳台农场社团", name_en="Balcony farm club",
        summary_zh="每周一次到校：配土、育苗、记录生长，期末收获。",
        summary_en="Once a week at school: mix soil, raise seedlings, keep a growth log, harvest at the end of term.",
        form=Programme.Form.CLUB, direction=Programme.Direction.BRING_IN, mode=Programme.Mode.INQUIRY, category="CLB",
        grades=[3, 4, 5, 6], minutes=50, capacity=40, confirmation=Programme.Confirmation.MANUAL,
        price_kind="free", list_price=20,
    )  # fmt: skip
    programmes.publish(garden, by=lead)


def ask(world: World) -> None:
    """Three requests of one morning; the venues answer two of them."""
    school, who = world.schools[LOUCUN], world.worn_at(LOUCUN, Role.COORDINATOR)
    term = world.terms[DISTRICT][0]
    term = next((term for term in world.terms[DISTRICT] if term.starts_on <= world.today < term.ends_on), term)
    garden = Programme.objects.get(name_zh="阳台农场社团")
    talk = Programme.objects.get(name_zh="合成生物学进校园")
    monday, friday, tuesday = (_next(world, weekday) for weekday in (1, 5, 2))
    club = groups.of_activity_group(ActivityGroup.objects.get(school=school), on=monday, adults=3)
    asked = _ask(garden, club, who, world, [_at(monday, 16, 40, weekly=True)], last_day=term.last_day, room="科学教室")
    if asked:
        answer = "周一的老师已排满，周五可以到校。"
        requests.propose(asked, by=world.lead_of(VALLEY), times=[_at(friday, 16, 40, weekly=True)], answer=answer)
    neighbour, other = world.schools[NEIGHBOUR], world.worn_at(NEIGHBOUR, Role.COORDINATOR)
    some = groups.of_heads(neighbour, 32, on=friday, adults=2, grades=[4])
    _ask(garden, some, other, world, [_at(friday, 14, 30), _at(tuesday, 14, 30)], note="希望用到显微镜。")
    fifth = groups.of_classes(school, [class_of(school, 5, 3, world.today)], on=tuesday, adults=3)
    agreed = _ask(talk, fifth, who, world, [_at(tuesday, 15, 0), _at(friday, 15, 0)], room="阶梯教室")
    if agreed:
        requests.accept(agreed, agreed.times.order_by("number")[0], by=world.lead_of(ZAOWU))
    telescopes = programmes.own(
        school.organisation, by=who, name_zh="望远镜是怎么看远的", name_en="How a telescope sees far",
        summary_zh="两片透镜、一张纸筒，自己装一台望远镜。", form=Programme.Form.EXPERIMENT,
        direction=Programme.Direction.BRING_IN, category="EXP", minutes=50, price_kind="free", hands_on=70,
    )  # fmt: skip
    sixth = groups.of_classes(school, [class_of(school, 6, 1, world.today)], on=friday, adults=3)
    times = [_at(friday, 16, 40), _at(_next(world, 4), 16, 40)]
    stargazer = Counselor.objects.filter(pk=world.people["counselor"].organisation_id).first()
    _ask(telescopes, sixth, who, world, times, counselor=stargazer, room="科学教室", note="想自己动手装一台。")


def _ask(
    programme: Programme, group: Group, who: Person, world: World, times: list[Wanted], **more: object
) -> Request | None:
    """Asked by the coordinator, unless the group, or the counselor, has something else at that time."""
    school = group.school.organisation.name_zh
    leader = world.worn_at(school, Role.TEACHER, Role.COORDINATOR).membership
    try:
        return requests.ask(programme, group, by=who, times=times, leader=leader, request_key=keys.fresh(), **more)  # type: ignore[arg-type]
    except Refused:
        return None


def _next(world: World, weekday: int) -> dt.date:
    """The first day taught by this weekday's timetable that a venue can still answer for."""
    first = clock.today() + AHEAD
    district = world.districts[DISTRICT].pk
    days = list(calendar.dates_of_timetable(district, weekday, first, first + dt.timedelta(days=60)))
    return days[0] if days else first


def _at(day: dt.date, hour: int, minute: int, *, weekly: bool = False) -> Wanted:
    starts_at = clock.moment(day, dt.time(hour, minute))
    return Wanted(starts_at, starts_at + dt.timedelta(minutes=50), (day.isoweekday(),) if weekly else ())
