"""What no booking delivers in the demo: a course that the school has confirmed, and one that waits for its word."""

import datetime as dt

from partnerships import deliverables
from partnerships.models import Commitment
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import TermDates
from portal.demo.places import World
from portal.lib import clock, keys

VENUE, SCHOOL = "时尚生态谷", "楼村小学"


def plan(agenda: Agenda, world: World, running: TermDates) -> None:
    first = moment(min(running.starts_on + dt.timedelta(days=30), world.today - dt.timedelta(days=10)), 15)
    agenda.at(
        first,
        lambda: deliver(world, "水培种植校本课程包（6 课时）", "课程包目录，已交学校教务处存档", is_confirmed=True),
    )
    second = moment(world.today - dt.timedelta(days=2), 15)
    agenda.at(
        second,
        lambda: deliver(world, "生态瓶观察记录课程包（4 课时）", "课程包目录，存放于场馆教研室", is_confirmed=False),
    )


def deliver(world: World, title: str, evidence: str, *, is_confirmed: bool) -> None:
    """The venue enters a course of the term that runs then; the school's lead confirms it."""
    promised = Commitment.objects.filter(
        kind=Commitment.Kind.COURSES, party__organisation=world.venues[VENUE].organisation
    )
    today = clock.today()
    commitment = promised.filter(term__starts_on__lte=today, term__ends_on__gt=today).first()
    if commitment is None:  # before the first day of the term there is nothing to enter
        return
    record = deliverables.enter(
        commitment,
        by=world.lead_of(VENUE),
        title=title,
        happened_on=today,
        evidence=evidence,
        request_key=keys.fresh(),
    )
    if is_confirmed:
        deliverables.confirm(record, by=world.lead_of(SCHOOL))
