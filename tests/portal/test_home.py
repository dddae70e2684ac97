"""The first look: what waits for each role, said as a fact, at a constant price."""

import datetime as dt

import pytest
from django.urls import reverse

from portal import dashboard
from portal.lib import clock
from tests.factories.activities import a_booking, a_programme, a_session, a_town
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


def asked(town, *days):
    programme = a_programme(town.venue, confirmation="manual", capacity=300)
    return [a_booking(town, a_session(town.venue, programme=programme, starts_at=when(n))) for n in days or (0,)]


def when(n):
    return clock.now().replace(hour=2, minute=0, second=0, microsecond=0) + dt.timedelta(days=10 + n)


def page(client, town, who):
    login(client, who)
    return client.get(reverse("portal:home"))


def test_home_names_what_waits_for_the_venue(client, town):
    booking = asked(town)[0]
    response = page(client, town, town.staff)
    assert response.status_code == 200
    assert response.context["waiting"].count == 1
    assert booking.session.programme.name_en in response.text or booking.session.programme.name_zh in response.text


def test_home_asks_nobody_else_about_the_booking(client, town):
    booking = asked(town)[0]
    for who in (town.teacher, town.bureau):
        assert dashboard.waiting_for(actor(who)).count == 0
    (papers,) = dashboard.waiting_for(actor(town.coordinator)).lines  # of the outing: the school's own turn
    assert papers.url == f"/outings/{booking.outing_id}/plan/"


def test_home_puts_the_roll_of_a_group_that_came_first(client, town):
    booking = a_booking(town, a_session(town.venue))
    with clock.at(booking.session.ends_at + dt.timedelta(minutes=5)):
        waiting = dashboard.waiting_for(actor(town.teacher))
    assert (waiting.count, waiting.lines[0].is_late) == (1, True)


def test_home_lists_the_next_fortnight(town):
    booking = a_booking(town, a_session(town.venue, starts_at=when(0)))
    assert [row for row, _group in dashboard.coming(actor(town.coordinator))] == [booking]
    far = clock.now() - dt.timedelta(days=30)
    with clock.at(far):
        assert dashboard.coming(actor(town.coordinator)) == []


def test_home_costs_the_same_with_more_rows(town, django_assert_max_num_queries, django_assert_num_queries):
    asked(town, 0)
    who = actor(town.staff)
    with django_assert_max_num_queries(14) as first:
        dashboard.waiting_for(who)
    asked(town, 1, 2, 3)
    with django_assert_num_queries(len(first.captured_queries)):
        dashboard.waiting_for(who)
