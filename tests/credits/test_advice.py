"""Advice on the booking page: the same rules as a roll call, said before anybody has gone."""

import pytest
from django.urls import reverse
from django.utils import translation

from activities import advice
from activities.groups import Group
from credits import ledger
from partnerships.models import Enrolment
from tests.factories import credits as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def said(world, session, **fields) -> list[str]:
    enrolments = tuple(
        Enrolment.objects.filter(student__in=[pupil.pk for pupil in world.pupils]).select_related("school_class")
    )
    group = Group(
        **{"school": world.school, "by": "classes", "adults": 1, "day": session.day, "enrolments": enrolments} | fields
    )
    with translation.override("en"):
        return [sentence for one in advice.about(session, group) for sentence in one.sentences]


def test_everybody_of_an_eligible_class_can_earn():
    world = make.world(pupils=3)
    assert said(world, make.session(make.programme(world, "EXP"))) == ["3 pupils can earn 1.0 points each"]


def test_class_of_grade_four_attends_and_earns_nothing():
    world = make.world(pupils=3, grade=4)
    assert said(world, make.session(make.programme(world, "EXP"))) == [
        "Earns nothing: Grade 4 does not earn credits (eligible: 5–8)"
    ]


def test_pupils_who_had_the_programme_are_told_apart():
    world = make.world(pupils=3)
    programme = make.programme(world, "EXP")
    ledger.post(make.attended(world, of=programme, pupils=world.pupils[:1]))
    assert said(world, make.session(programme)) == [
        "2 pupils can earn 1.0 points each",
        "1 pupil earns nothing: Already earned credits for this programme",
    ]


def test_head_count_earns_nothing_and_a_school_that_is_no_pilot_neither():
    world = make.world()
    session = make.session(make.programme(world, "EXP"))
    assert said(world, session, by="heads", enrolments=(), heads={0: 30})[0].startswith("Earns nothing: Booked by head")
    other = make.world(pilot=False, of=world.district)
    assert said(other, session) == ["Earns nothing: The school was not a credit pilot on that day"]


def test_programme_without_a_category_needs_no_advice():
    world = make.world()
    assert said(world, make.session(make.programme(world, ""))) == []


def test_booking_page_says_it_on_the_slip(client, clock):
    clock.to(make.dt.datetime(2026, 10, 1, 8, tzinfo=make.SHANGHAI))
    world = make.world(pupils=3)
    session = make.session(make.programme(world, "EXP", open_to_all=True), day=make.dt.date(2026, 11, 3))
    page = people.login(client, world.coordinator).get(
        reverse("activities:booking-request", args=[session.pk]), {"by": "classes", "classes": world.school_class.pk}
    )
    (told,) = page.context["advice"]
    assert told.sentences[0] in page.content.decode()
