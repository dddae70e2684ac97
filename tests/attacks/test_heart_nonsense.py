"""Odd input to whatever changes, ends or brings in sessions and agreements: a sentence, never a 500."""

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities import session_sheet
from partnerships.lists.cells import day_of
from people.models import Upload
from people.roles import Role
from portal.lib import clock
from portal.lib.spreadsheets.writing import xlsx_bytes
from tests.factories import outings as trips
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.activities import a_booking, a_programme, a_session, a_town

pytestmark = pytest.mark.django_db
LONG = "9" * 5000  # more digits than Python turns into a number
TYPED = "application/x-www-form-urlencoded"


@pytest.fixture
def town():
    return a_town()


def test_endless_keys_of_an_ending_are_nobody_s(client, town):
    agreement = make.an_agreement(town.venue, [town.school])
    a_booking(town, a_session(town.venue))
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    sent = {f"booking_{LONG}": "keep", "last_day": clock.today().isoformat(), "reason": "。", "step": "do"}
    answer = client.post(reverse("activities:agreement-terminate", args=[agreement.pk]), urlencode(sent), TYPED)
    assert answer.status_code == 200


@pytest.mark.parametrize("name", [LONG, "1"])
@pytest.mark.parametrize("value", [LONG, "cancel", "1", "²"])
def test_endless_keys_of_a_change_are_nobody_s(client, town, name, value):
    session = a_session(town.venue)
    a_booking(town, session)
    sent = {
        "day": session.day.isoformat(), "starts": "13:30", "ends": "15:30", "audience": "groups",
        "capacity": session.capacity, "unit": "heads", "held_back": 0, f"fate_{name}": value,
    }  # fmt: skip
    people.login(client, town.staff)
    answer = client.post(reverse("activities:session-edit", args=[session.pk]), urlencode(sent), TYPED)
    assert answer.status_code == 200


@pytest.mark.parametrize("code", ["/", " // ", "\x00", "%2F", "." * 300])
def test_a_fingerprint_that_is_none(client, code):
    answer = client.get(reverse("partnerships:check-ask"), {"code": code}, follow=True)
    assert answer.status_code in (200, 404)


def test_a_list_without_questions_takes_no_answers(client, town):
    a_programme(town.venue, name_zh="星空讲座")
    people.login(client, town.staff)
    file = SimpleUploadedFile("课表.xlsx", xlsx_bytes({"课表": [session_sheet.COLUMNS, ["", "星空讲座"]]}))
    client.post(reverse("portal:import-new", args=["sessions"]), {"file": file})
    page = reverse("portal:import-page", args=[Upload.objects.get().pk])
    assert client.post(page, {"answer-class:1": "yes"})["Location"] == page


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2100/1/1"])
def test_a_day_at_the_end_of_time_is_none_in_a_list(text):
    assert day_of(text) is None


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_guardians_answer_at_the_end_of_time(client, clock, moment):
    grade = trips.a_grade(classes=2)
    outing = trips.an_outing(grade)
    people.login(client, grade.lead)
    sent = {
        "transport": "walk", "meets_at": "08:00", "returns_at": "12:00", "meeting_place": "校门口", "answer_by": moment,
    }  # fmt: skip
    answer = client.post(reverse("activities:outing-plan", args=[outing.pk]), sent)
    assert answer.status_code in (200, 302)
    assert client.get(reverse("activities:outing-page", args=[outing.pk])).status_code == 200
    assert client.get(reverse("activities:outing-slip", args=[outing.pk])).status_code == 200
