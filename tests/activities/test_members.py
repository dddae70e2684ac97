"""Rolls of after-school dates follow who is in the club or class on the day."""

import datetime as dt
import uuid

import pytest

from activities import after_school, members
from activities.models import Booking, RollEntry
from partnerships import schools
from partnerships.models import Enrolment, GroupMember
from people.models import AuditEvent
from tests.factories.activities import (
    a_booking,
    a_programme,
    a_pupil,
    a_session,
    a_town,
    an_activity_group,
    local,
    next_weekday,
)
from tests.factories.people import actor
from tests.factories.requests import a_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    a_term(found)
    return found


@pytest.fixture
def club(town):
    return an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))


def series_of(town, group, **more):
    first = next_weekday(2)
    return after_school.request(
        town.school,
        a_programme(town.school, direction="bring_in", form="club"),
        by=actor(town.coordinator),
        members=group,
        weekdays=[2],
        starts_on=first,
        ends_on=first + dt.timedelta(days=21),
        starts=dt.time(16, 40),
        ends=dt.time(17, 30),
        leader=town.teacher,
        adults=1,
        request_key=uuid.uuid4(),
        **more,
    )


def heads(series):
    """Pupils booked and on the roll, date by date."""
    rows = Booking.objects.filter(session__series=series).order_by("session__starts_at")
    return [(booking.pupils, booking.roll.count()) for booking in rows]


def test_who_joins_is_on_the_rolls_from_that_day_on(town, club):
    series = series_of(town, club)
    assert heads(series) == [(2, 2)] * 3
    second = next_weekday(2) + dt.timedelta(days=7)
    new = a_pupil(town.class_a)
    schools.add_members(club, by=actor(town.coordinator), students=[new], starts_on=second)
    assert members.count_due() == 2
    assert members.follow_club(club.pk) == 2
    assert heads(series) == [(2, 2), (3, 3), (3, 3)]
    assert (members.count_due(), members.sweep()) == (0, 0)
    assert AuditEvent.objects.filter(verb="booking.follow_group").count() == 2


def test_who_leaves_is_off_the_rolls_from_that_day_on(town, club):
    series = series_of(town, club)
    member = GroupMember.objects.filter(group=club).first()
    second = next_weekday(2) + dt.timedelta(days=7)
    schools.end_memberships([member], by=actor(town.coordinator), ends_on=second)
    assert members.sweep() == 2
    assert heads(series) == [(2, 2), (1, 1), (1, 1)]
    assert not RollEntry.objects.filter(student=member.student_id, starts_at__gte=local(second, 0)).exists()


def test_a_pupil_who_is_elsewhere_waits(town, club):
    series = series_of(town, club)
    new = a_pupil(town.class_a)
    elsewhere = an_activity_group(town.school, new)
    other = series_of(town, elsewhere)
    schools.add_members(club, by=actor(town.coordinator), students=[new])
    assert members.sweep() == 0
    assert heads(series) == [(2, 2)] * 3
    assert heads(other) == [(1, 1)] * 3


def test_a_whole_class_follows_its_list(town):
    series = series_of(town, town.class_a)
    assert heads(series) == [(3, 3)] * 3
    a_pupil(town.class_a)
    gone = Enrolment.objects.filter(school_class=town.class_a).order_by("pk").first()
    Enrolment.objects.filter(pk=gone.pk).update(ends_on=next_weekday(2) + dt.timedelta(days=1))
    assert members.sweep() == 3
    assert heads(series) == [(4, 4), (3, 3), (3, 3)]


def test_visits_and_called_rolls_keep_their_size(town, club):
    visit = a_booking(town, a_session(town.school, programme=a_programme(town.school)), town.class_a)
    a_pupil(town.class_a)
    assert members.count_due() == 0
    assert members.follow_club(club.pk) == 0
    assert visit.roll.count() == 4


def test_a_date_on_which_nobody_is_left_stays_for_somebody_to_drop(town, club):
    series = series_of(town, club)
    GroupMember.objects.filter(group=club).update(ends_on=next_weekday(2) + dt.timedelta(days=1))
    assert members.sweep() == 0
    assert heads(series) == [(2, 2)] * 3
