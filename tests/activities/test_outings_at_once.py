"""Outings on connections of their own: one of two that can't both fit goes whole, and a double press is one outing."""

import uuid

import pytest

from activities import grade_outings
from activities.models import Booking, Outing, Session
from tests.activities.test_race import at_once
from tests.factories import activities as make
from tests.factories.outings import a_grade
from tests.factories.people import actor, hat

pytestmark = pytest.mark.django_db(transaction=True)


def asking(grade, key, *, backwards=False):
    parts = grade.spread().parts
    trips = [grade_outings.Trip(part.session, part.group, grade.town.teacher) for part in parts]
    trips = trips[::-1] if backwards else trips
    by = actor(grade.town.coordinator)
    return lambda: grade_outings.book(grade.town.school, trips, by=by, request_key=key).pk


def test_of_two_outings_for_the_same_places_one_goes_whole_and_the_other_not_at_all():
    first = a_grade(classes=3, pupils=4, places=(6, 6, 6))
    school = make.a_school(first.town.district)
    town = type(first.town)(
        **{**vars(first.town), "school": school, "coordinator": hat("coordinator", at=school.organisation),
           "teacher": hat("teacher", at=school.organisation)}
    )  # fmt: skip
    second = type(first)(town, first.lead, [make.a_class(school, 4) for _n in range(3)], list(first.sessions))
    answers = at_once(asking(first, uuid.uuid4()), asking(second, uuid.uuid4(), backwards=True))
    assert sorted(type(answer).__name__ for answer in answers) == ["int", "str"]
    assert (Outing.objects.count(), Booking.objects.count()) == (1, 3)
    assert list(Session.objects.values_list("taken", flat=True)) == [4, 4, 4]


def test_a_double_press_is_one_outing():
    grade, key = a_grade(classes=2), uuid.uuid4()
    answers = at_once(asking(grade, key), asking(grade, key))
    assert answers[0] == answers[1] == Outing.objects.get().pk
    assert Booking.objects.count() == 2
