"""What a sent and a corrected roll delivers of the promises of an agreement."""

import pytest

from activities import rollcall
from activities.rollcall import Said
from partnerships.models import Commitment
from tests.factories.rolls import a_roll

pytestmark = pytest.mark.django_db


def counters():
    """{kind: (reserved, delivered)}"""
    return {row.kind: (row.reserved, row.delivered) for row in Commitment.objects.all()}


def test_a_sent_roll_delivers_who_came_and_a_correction_follows(clock):
    roll = a_roll(clock, promises=[("visits", 4, False), ("pupils", 100, False), ("free_places", 50, False)])
    assert counters() == {"visits": (1, 0), "pupils": (3, 0), "free_places": (3, 0)}

    first, second, third = roll.entries
    marks = {first.pk: Said("present"), second.pk: Said("late"), third.pk: Said("absent")}
    rollcall.complete(roll.booking, marks=marks, by=roll.leader)
    assert counters() == {"visits": (0, 1), "pupils": (0, 2), "free_places": (0, 2)}

    rollcall.correct(roll.booking, marks={third.pk: Said("present")}, why="后到", by=roll.leader)
    assert counters() == {"visits": (0, 1), "pupils": (0, 3), "free_places": (0, 3)}

    gone = {first.pk: Said("absent"), second.pk: Said("leave")}
    rollcall.correct(roll.booking, marks=gone, why="点错", by=roll.leader)
    assert counters() == {"visits": (0, 1), "pupils": (0, 1), "free_places": (0, 1)}


def test_who_is_added_on_the_spot_is_served_too_but_not_beyond_a_ceiling(clock):
    roll = a_roll(clock, promises=[("pupils", 3, False), ("free_places", 3, True)])
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    extra = roll.town.class_b.enrolments.select_related("school_class")
    rollcall.add(roll.booking, enrolments=list(extra), by=roll.leader)
    assert counters() == {"pupils": (0, 6), "free_places": (0, 3)}
