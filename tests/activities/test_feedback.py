"""Feedback: once a side, after a visit that took place, read by both and by no stranger."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from activities import feedback, rollcall
from activities.models import Booking, Feedback
from people import reminders
from people.models import Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor, hat, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def visit(town, clock) -> Booking:
    """The class was there; it is the afternoon of that day."""
    booking = a_booking(town, a_session(town.venue), town.class_a)
    clock.to(booking.session.ends_at + dt.timedelta(hours=3))
    return rollcall.complete(booking, marks=rollcall.everybody(booking), by=actor(town.teacher))


def test_each_side_says_it_once_and_reads_the_other(town, visit):
    given = feedback.give(visit, by=actor(town.teacher), score=4, words=" 讲解清楚，排队久。 ")
    assert (given.side, given.score, given.words) == ("school", 4, "讲解清楚，排队久。")
    assert feedback.give(visit, by=actor(town.coordinator), score=1) == given
    host = feedback.give(visit, by=actor(town.staff), score=5)
    assert (host.side, Feedback.objects.count()) == ("host", 2)
    for reader in (town.coordinator, town.teacher, town.staff, town.bureau):
        assert Feedback.objects.visible_to(actor(reader)).count() == 2
    stranger = a_town()
    for reader in (stranger.coordinator, stranger.staff, stranger.bureau, hat(Role.COUNSELOR)):
        assert Feedback.objects.visible_to(actor(reader)).count() == 0


def test_only_the_two_sides_and_only_in_the_days_after_a_visit(town, visit, clock):
    with pytest.raises(PermissionDenied):
        feedback.give(visit, by=actor(town.bureau), score=3)
    with pytest.raises(PermissionDenied):
        feedback.give(visit, by=actor(a_town().staff), score=3)
    clock.forward(days=15)
    with pytest.raises(Refused) as no:
        feedback.give(visit, by=actor(town.teacher), score=3)
    assert no.value.code == "feedback.closed"


def test_a_visit_that_did_not_take_place_is_not_judged(town):
    booking = a_booking(town, a_session(town.venue), town.class_a)
    with pytest.raises(Refused):
        feedback.give(booking, by=actor(town.coordinator), score=3)


@pytest.mark.guards("feedback_once_a_side")
@pytest.mark.guards("feedback_score_ok")
def test_the_database_holds_one_word_a_side_between_1_and_5(town, visit):
    feedback.give(visit, by=actor(town.teacher), score=4)
    for words in (
        "UPDATE activities_feedback SET score = 6",
        (
            "INSERT INTO activities_feedback (booking_id, school_id, host_id, district_id, side, score, words, given_at,"
            " given_by_id) SELECT booking_id, school_id, host_id, district_id, side, 3, '', given_at, given_by_id"
            " FROM activities_feedback"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)


@pytest.mark.notice("feedback.awaited")
def test_both_sides_are_asked_the_day_after_and_nobody_who_has_said_it(town, visit, clock):
    reminders.run()
    assert not Notice.objects.filter(kind="feedback.awaited").exists()
    feedback.give(visit, by=actor(town.staff), score=5)
    clock.forward(days=1)
    reminders.run()
    reminders.run()
    assert [notice.user for notice in Notice.objects.filter(kind="feedback.awaited")] == [town.teacher.user]


def test_on_the_page_a_score_is_needed_and_identity_numbers_are_refused(client, town, visit):
    address = f"/bookings/{visit.pk}/feedback/"
    assert login(client, a_town().coordinator).get(address).status_code == 404
    leader = login(client, town.teacher)
    assert leader.post(address, {"words": "好"}).context["form"].errors.keys() == {"score"}
    refused = leader.post(address, {"score": 5, "words": "学生 11010519491231002X 表现好"})
    assert refused.context["form"].errors.keys() == {"__all__"}
    assert leader.post(address, {"score": 5, "words": "好"}).status_code == 302
    assert [row.score for row in leader.get(f"/bookings/{visit.pk}/").context["said"]] == [5]
