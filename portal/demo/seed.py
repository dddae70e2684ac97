"""The whole demo in order."""

import datetime as dt
import random

from django.apps import apps
from django.db import connection, transaction

from credits import rules
from people import notices
from people.models import District, Notice
from portal.demo import (
    changes,
    classes,
    counselors,
    deeds,
    delivered,
    exceptions,
    head_counts,
    hours,
    menus,
    moves,
    outbox,
    outings,
    pacts,
    places,
    programmes,
    reports,
    results,
    systems,
    waiting,
    year,
)
from portal.demo.agenda import Agenda, moment
from portal.demo.dates import running_term, term_before
from portal.demo.happenings import EARLIER, VISITS, Happenings
from portal.lib import clock, keys


def is_empty() -> bool:
    return not District.objects.exists()


@transaction.atomic
def plant(seed: int = 1) -> int:
    """Tell the demo up to the present, all or nothing; returns the number of acts.

    Same seed and same day, same data.
    """
    dice = random.Random(f"{seed} {clock.today()}")
    with keys.drawn_from(dice):
        acts = _tell(dice)
    _analyse()
    return acts


def _analyse() -> None:
    """Let the planner know the new rows at once: inside one transaction nobody else tells it, and it takes them for none."""
    with connection.cursor() as cursor:
        tables = ", ".join(sorted(model._meta.db_table for model in apps.get_models()))
        cursor.execute(f"ANALYZE {tables}")


def _tell(dice: random.Random) -> int:
    now = clock.now()
    running = running_term(clock.today())
    before = term_before(running)
    world, agenda = places.World(clock.today()), Agenda()
    opening = before.starts_on - dt.timedelta(days=60)

    agenda.at(moment(opening, 9), lambda: places.open_districts(world))
    agenda.at(moment(opening, 10), lambda: places.bring_in_schools(world))
    agenda.at(moment(opening, 11), lambda: places.bring_in_venues(world))
    agenda.at(moment(opening, 12), lambda: places.hire(world))
    agenda.at(moment(opening, 13), lambda: places.open_terms(world, running, before))
    agenda.at(moment(opening, 14), lambda: _adopt(world))
    agenda.at(moment(opening, 15), lambda: classes.enrol(world, dice, before.starts_on))
    deeds.plan(agenda, world, running, before)
    pacts.plan(agenda, world, running, before)
    delivered.plan(agenda, world, running)
    counselors.plan(agenda, world, running, before)
    results.plan(agenda, world, running, before)
    hours.plan(agenda, world, running, before)
    year.plan(agenda, world, running, before)
    reports.plan(agenda, world, before)

    def season() -> None:
        offered = programmes.write(world)
        play = Happenings(agenda, world, offered, dice)
        this_monday = world.today - dt.timedelta(days=world.today.weekday())
        for visits, term, first in ((EARLIER, before, before.day(0, 1)), (VISITS, running, this_monday)):
            ready = moment(term.starts_on - dt.timedelta(days=12), 8)
            agenda.at(ready, lambda term=term: programmes.open_term(world, offered, term, this_monday))
            agenda.at(ready + dt.timedelta(hours=1), lambda term=term: play.after_school(term))
            play.plan(visits, first, term)
        outings.plan(agenda, world, offered["museum"], now - dt.timedelta(days=1))

    agenda.at(moment(before.starts_on - dt.timedelta(days=15), 8), season)
    waiting.plan(agenda, world, now - dt.timedelta(days=1))
    changes.plan(agenda, world, now - dt.timedelta(hours=20))
    head_counts.plan(agenda, world)
    menus.plan(agenda, world, now)
    exceptions.plan(agenda, world, moment(world.today - dt.timedelta(days=1), 10))
    agenda.at(now - dt.timedelta(days=4), lambda: _robots(world))
    agenda.at(now - dt.timedelta(days=4), lambda: _systems(world))
    agenda.at(now - dt.timedelta(days=2), lambda: moves.transfer_out(world))
    agenda.at(now - dt.timedelta(hours=2), outbox.recall)
    agenda.at(now - dt.timedelta(days=3), lambda: notices.mark_read(Notice.objects.all()))
    for days in range(0, (world.today - opening).days, 30):
        agenda.at(moment(opening + dt.timedelta(days=days), 23), _analyse)
    return agenda.run(until=now)


def _systems(world: places.World) -> None:
    for name, offices in world.offices.items():
        systems.connect(world.districts[name], offices[0])


def _robots(world: places.World) -> None:
    for name, offices in world.offices.items():
        outbox.bring_in_robot(world.districts[name], offices[0])


def _adopt(world: places.World) -> None:
    for name, offices in world.offices.items():
        rules.adopt_defaults(world.districts[name], by=offices[0])
