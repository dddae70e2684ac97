"""Final head counts in the demo: asked for on the last school day; most schools have answered, ours still has to."""

import datetime as dt

from activities import final_counts, head_counts, held_back
from activities.models import Booking
from partnerships import calendar
from people.actors import Person
from portal.demo.agenda import Agenda, moment
from portal.demo.happenings import LOUCUN
from portal.demo.places import World
from portal.lib import clock

LEFT_OPEN = 2  # of our school


def plan(agenda: Agenda, world: World) -> None:
    for n in range(1, 10):  # no weekend is longer; over the holidays nobody is asked
        agenda.at(moment(world.today - dt.timedelta(days=n), 9), lambda: ask(world))
    agenda.at(moment(world.today - dt.timedelta(days=1), 10), held_back.release_due)


def ask(world: World) -> None:
    last = {calendar.school_day_before(district.pk, world.today, 1) for district in world.districts.values()}
    if clock.today() not in last:
        return
    final_counts.run()
    waiting = (
        Booking.objects.awaiting_count().select_related("requested_by__user", "school").order_by("count_due_at", "pk")
    )
    ours = [booking.pk for booking in waiting if booking.school == world.schools[LOUCUN]][:LEFT_OPEN]
    for booking in waiting:
        if booking.pk not in ours and booking.requested_by:
            head_counts.confirm(booking, by=Person(booking.requested_by.user, booking.requested_by))
