"""The catalogue: only what fits the chosen group, every filter in the address, week, list and month, few queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import Hall, School, Venue
from tests.activities.asking import page
from tests.factories.activities import (
    a_booking,
    a_class,
    a_programme,
    a_pupil,
    a_session,
    a_town,
    a_venue,
    an_activity_group,
    local,
    next_weekday,
)
from tests.factories.people import login

pytestmark = pytest.mark.django_db
EVERY_PAGE = ("django_session", "people_user", "people_membership", "people_notice")  # who reads, and the bell


@pytest.fixture
def town():
    return a_town()


def shown(client, town, name="rows", **query):
    answer = page(login(client, town.coordinator), "session-list", **query)
    assert answer.status_code == 200
    return [row.session for row in answer.context[name]]


def test_with_a_group_only_what_fits_is_in_sight_and_the_rest_says_why(client, town):
    fits = a_session(town.venue)
    small = a_session(town.venue, capacity=2)
    old = a_session(town.venue, programme=a_programme(town.venue, grades=[8]))
    for query in ({"classes": town.class_a.pk}, {"by": "heads", "pupils": 3, "adults": 1}):
        assert fits in shown(client, town, **query)
    assert shown(client, town, classes=town.class_a.pk) == [fits]
    assert shown(client, town, "others", classes=town.class_a.pk) == [small, old]
    club = an_activity_group(town.school, a_pupil(town.class_a))
    assert shown(client, town, by="group", activity_group=club.pk) == [fits, small]


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ({"theme": "astronomy"}, {"theme": "biology"}),
        ({"form": "lecture"}, {"form": "club"}),
        ({"grade": "5"}, {"grade": "9"}),
        ({"direction": "go_out"}, {"direction": "bring_in"}),
        ({"price": "free"}, {"price": "paid"}),
        ({"audience": "groups"}, {"audience": "students"}),
        ({"campaign": "space_day"}, {"campaign": "holidays"}),
        ({"hands_on": "50"}, {"hands_on": "67"}),
        ({"weekday": "3"}, {"weekday": "4"}),
        ({"words": "星空"}, {"words": "水培"}),
    ],
)
def test_every_filter_narrows(client, town, query, other):
    told = {"theme": "astronomy", "form": "lecture", "grades": [5], "hands_on": 60, "campaigns": ["space_day"]}
    session = a_session(town.venue, programme=a_programme(town.venue, name_zh="星空讲座", **told))
    assert (shown(client, town, **query), shown(client, town, **other)) == ([session], [])


def at(place, latitude, longitude):
    type(place).objects.filter(pk=place.pk).update(latitude=latitude, longitude=longitude)


def test_near_is_by_the_estimated_way(client, town):
    far = a_venue(listed_in=town.district)
    a_session(far)
    near = a_session(town.venue)
    assert "near" not in page(login(client, town.coordinator), "session-list").context["narrowing"].fields
    at(School.objects.get(pk=town.school.pk), 22.75, 113.93)
    at(Venue.objects.get(pk=town.venue.pk), 22.75, 113.95)  # 2.05 km straight, 2.9 by road
    at(Venue.objects.get(pk=far.pk), 22.75, 113.96)  # 4.3 by road
    assert shown(client, town, near=3) == [near]
    assert len(shown(client, town, near=5)) == 2
    row = page(login(client, town.coordinator), "session-list", near=3).context["rows"][0]
    assert (round(row.metres, -2), row.minutes) == (2900, 22)


def test_step_free_asks_the_hall_and_then_the_venue(client, town):
    halls = {
        said: Hall.objects.create(venue=town.venue, name=str(said), heads=60, is_step_free=said)
        for said in (True, False, None)
    }
    by_hall = {said: a_session(town.venue, hall=hall) for said, hall in halls.items()}
    whole = a_session(town.venue)
    assert shown(client, town, step_free="on") == [by_hall[True]]
    Venue.objects.filter(pk=town.venue.pk).update(facilities=["step_free"])
    assert shown(client, town, step_free="on") == [by_hall[True], by_hall[None], whole]


def test_week_list_and_month_show_the_same_sessions(client, town):
    near = a_session(town.venue)
    later = a_session(town.venue, starts_at=local(near.day + dt.timedelta(days=49), 9))
    signed_in = login(client, town.coordinator)
    assert shown(client, town) == [near]
    assert shown(client, town, view="list") == [near, later]
    assert shown(client, town, view="list", since=later.day.isoformat()) == [later]
    days = page(signed_in, "session-list", view="month", month=later.day.isoformat()).context["days"]
    assert [one["date"] for one in days if one["count"]] == [later.day]
    assert page(signed_in, "session-list", view="month").context["window"].first == near.day.replace(day=1)
    assert shown(client, town, day=near.day.isoformat()) == [near]


def test_the_date_of_the_form_goes_before_the_week_that_was_open(client, town):
    near = a_session(town.venue)
    later = a_session(town.venue, starts_at=local(near.day + dt.timedelta(days=49), 9))
    assert shown(client, town, week=near.day.isoformat(), day=later.day.isoformat()) == [later]
    assert shown(client, town, week=near.day.isoformat(), day="") == [near]
    assert shown(client, town, view="list", since="") == [near, later]


def test_links_keep_group_and_filters(client, town):
    a_session(town.venue)
    answer = page(login(client, town.coordinator), "session-list", classes=town.class_a.pk, price="free")
    for link in (answer.context["links"]["month"], answer.context["links"]["next"], answer.context["days"][0]["url"]):
        assert f"classes={town.class_a.pk}" in link
        assert "price=free" in link


@pytest.mark.parametrize(
    "query", [{"view": "x"}, {"view": "month", "month": "2026-99"}, {"view": "list", "since": "x", "after": "x"},
              {"grade": "x"}, {"weekday": "99"}, {"near": "-1"}, {"theme": "x"}]
)  # fmt: skip
def test_junk_in_the_address_narrows_nothing(client, town, query):
    session = a_session(town.venue)
    answer = page(login(client, town.coordinator), "session-list", **query)
    rows = [*answer.context["rows"], *(row for day in answer.context["days"] for row in day["rows"])]
    assert session in [row.session for row in rows]


def own_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [one["sql"] for one in queries if not any(f'FROM "{table}"' in one["sql"] for table in EVERY_PAGE)]


@pytest.mark.parametrize("who", ["coordinator", "teacher", "staff", "bureau"])
@pytest.mark.parametrize("view", ["week", "list", "month"])
def test_fifty_sessions_with_all_filters_take_at_most_five_queries(client, town, who, view):
    School.objects.filter(pk=town.school.pk).update(latitude=22.75, longitude=113.93)
    Venue.objects.filter(pk=town.venue.pk).update(latitude=22.75, longitude=113.95, facilities=["step_free"])
    programme = a_programme(town.venue, theme="astronomy", form="lecture", grades=[5], name_zh="星空讲座")
    for n in range(50):
        a_session(town.venue, programme=programme, starts_at=local(next_weekday(3), 8 + n // 5, n % 5))
    query = "theme=astronomy&form=lecture&grade=5&direction=go_out&price=free&audience=groups&weekday=3&words=星空"
    address = f"{reverse('activities:session-list')}?view={view}&near=30&step_free=on&{query}"
    signed_in = login(client, getattr(town, who))
    answer = signed_in.get(address)
    there = sum(one["count"] for one in answer.context["days"]) if view == "month" else len(answer.context["rows"])
    assert there == 50
    assert len(own_queries(signed_in, address)) <= 5


def test_a_group_costs_the_same_queries_for_one_session_and_for_fifty(client, town):
    address = f"{reverse('activities:session-list')}?classes={town.class_a.pk}&price=free"
    signed_in = login(client, town.coordinator)
    programme = a_programme(town.venue)
    a_session(town.venue, programme=programme)
    once = len(own_queries(signed_in, address))
    for n in range(49):
        a_session(town.venue, programme=programme, starts_at=local(next_weekday(3), 8 + n // 5, n % 5))
    assert len(own_queries(signed_in, address)) == once


def test_classes_that_have_not_been_out_get_three_fitting_sessions_each(client, town):
    third = a_class(town.school, 3, grade=1)
    dates = [a_session(town.venue, starts_at=local(next_weekday(3) + dt.timedelta(weeks=n), 9)) for n in range(4)]
    again = a_session(town.venue, programme=dates[0].programme, starts_at=local(next_weekday(4), 9))
    a_booking(town, again, town.class_b)
    answer = page(login(client, town.coordinator), "session-classes")
    at_home = {row["pk"]: row["line"].offers for row in answer.context["at_home"]}
    assert at_home == {third.pk: [], town.class_a.pk: dates[:3]}
    assert [row["pk"] for row in answer.context["going"]] == [town.class_b.pk]
    assert page(login(client, town.teacher), "session-classes").status_code == 403


def test_one_programme_may_offer_all_three(client, town):
    programme = a_programme(town.venue)
    dates = [
        a_session(town.venue, programme=programme, starts_at=local(next_weekday(3) + dt.timedelta(weeks=n), 9))
        for n in range(4)
    ]
    answer = page(login(client, town.coordinator), "session-classes")
    assert [row["line"].offers for row in answer.context["at_home"]] == [dates[:3], dates[:3]]


def test_the_page_of_classes_asks_the_same_queries_for_two_classes_and_for_five(client, town):
    a_session(town.venue)
    signed_in, address = login(client, town.coordinator), reverse("activities:session-classes")
    once = len(own_queries(signed_in, address))
    for _n in range(3):
        a_class(town.school, 2)
    assert len(own_queries(signed_in, address)) == once
