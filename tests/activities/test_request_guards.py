"""What the database itself refuses about requests, each under its own name."""

import pytest

from partnerships.models import Hall
from tests.breaking import change, copy, refused_as
from tests.factories.activities import a_town
from tests.factories.partnerships import an_agreement
from tests.factories.requests import a_request, a_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(db):
    town = a_town()
    a_term(town)
    an_agreement(town.venue, [town.school])
    return a_request(town)


@pytest.mark.guards("request_heads_ok")
@pytest.mark.guards("request_group_named")
@pytest.mark.guards("request_accepted_is_booked")
@pytest.mark.guards("request_ended_at_end")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("request_heads_ok", "pupils = 0"),
        ("request_group_named", "\"by\" = 'group'"),
        ("request_accepted_is_booked", "state = 'accepted', ended_at = now()"),
        ("request_ended_at_end", "ended_at = now()"),
        ("request_ended_at_end", "state = 'withdrawn'"),
    ],
)
def test_a_request_is_refused(request_, name, settings):
    with refused_as(name):
        change("activities_request", request_.pk, settings)


@pytest.mark.guards("request_asked_once")
def test_a_key_is_one_request(request_):
    with refused_as("request_asked_once"):
        copy("activities_request", request_.pk)


@pytest.mark.guards("request_place_of_sides")
@pytest.mark.guards("request_hall_at_host")
@pytest.mark.guards("request_hall_of_host")
def test_a_place_is_of_one_of_the_sides_and_a_hall_of_the_venue_asked(request_):
    own = Hall.objects.create(venue_id=request_.provider_id, name="创客工坊", heads=40)
    other = Hall.objects.create(venue=a_town().venue, name="别馆", heads=40)
    for name, settings in (
        ("request_place_of_sides", f"place_id = {other.venue_id}"),
        ("request_hall_at_host", f"hall_id = {own.pk}"),
        ("request_hall_at_host", f"place_id = NULL, hall_id = {own.pk}"),
        ("request_hall_of_host", f"place_id = provider_id, hall_id = {other.pk}"),
    ):
        with refused_as(name):
            change("activities_request", request_.pk, settings)


@pytest.mark.guards("requesttime_at_most_three")
@pytest.mark.guards("requesttime_ends_after_start")
@pytest.mark.guards("requesttime_weekdays")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("requesttime_at_most_three", "number = 4"),
        ("requesttime_at_most_three", "number = 0"),
        ("requesttime_ends_after_start", "ends_at = starts_at"),
        ("requesttime_weekdays", "weekdays = '{8}'"),
    ],
)
def test_a_time_is_refused(request_, name, settings):
    with refused_as(name):
        change("activities_requesttime", request_.times.get().pk, settings)


@pytest.mark.guards("requesttime_once")
def test_a_place_of_a_round_is_taken_once(request_):
    with refused_as("requesttime_once"):
        copy("activities_requesttime", request_.times.get().pk)


@pytest.mark.guards("requestclass_once")
def test_a_class_is_in_a_request_once(request_):
    with refused_as("requestclass_once"):
        copy("activities_requestclass", request_.classes.get().pk)
