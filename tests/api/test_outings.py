"""Other systems read outings and book a grade as one, by the verb of the page."""

import datetime as dt

import pytest

from activities.models import Booking, Outing
from tests.api.test_bookings import send
from tests.factories.activities import a_town
from tests.factories.api import a_client, a_token, api
from tests.factories.outings import a_grade, an_outing

pytestmark = pytest.mark.django_db
OUTINGS = "/api/v1/outings/"


@pytest.fixture
def grade(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return a_grade()


@pytest.fixture
def reader(grade):
    return api(a_token(a_client(grade.town.district)))


def body_of(grade, **changes):
    keys = [one.pk for one in grade.classes]
    said = {"session": grade.sessions[1].pk, "school": grade.town.school.pk, "leader": grade.town.teacher.pk}
    return said | {"classes": keys} | changes


def test_a_client_books_a_grade_as_one_outing(grade, reader):
    made = send(reader, OUTINGS, body_of(grade))
    assert made.status_code == 201, made.content
    said, outing = made.json(), Outing.objects.get()
    assert made["Location"] == f"{OUTINGS}{outing.pk}/"
    assert (len(said["bookings"]), said["pupils"], said["adults"], said["state"]) == (6, 24, 6, "preparing")
    assert said["starts_at"] == "2026-12-02T08:00:00+08:00"
    assert not {"drivers", "carrier", "phone", "incident", "note"} & said.keys()


def test_all_or_nothing_says_how_many_places_there_are(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    small = a_grade(places=(10, 10))
    answer = send(api(a_token(a_client(small.town.district))), OUTINGS, body_of(small))
    assert (answer.status_code, answer.json()["code"]) == (409, "outing.no_room")
    assert not Booking.objects.exists()


def test_rules_in_the_way_are_named(grade, reader):
    grade.sessions[0].programme.grades = [7]
    grade.sessions[0].programme.save()
    answer = send(reader, OUTINGS, body_of(grade))
    assert answer.status_code == 409
    assert [rule["code"] for rule in answer.json()["rules"]] == ["programme.grades"]


def test_the_list_is_filtered_and_of_the_district(grade, reader):
    outing = an_outing(grade)
    assert [row["id"] for row in reader.get(OUTINGS, {"school": grade.town.school.pk}).json()["results"]] == [outing.pk]
    assert reader.get(OUTINGS, {"starts_after": "2026-12-03T00:00:00+08:00"}).json()["results"] == []
    stranger = api(a_token(a_client(a_town().district)))
    assert stranger.get(OUTINGS).json()["results"] == []
    assert stranger.get(f"{OUTINGS}{outing.pk}/").status_code == 404
