"""Six rules not met: the page, the API and the spreadsheet name the same six codes, and nothing is booked by any of them."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities import booking_sheet, bookings
from activities.models import Booking
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.writing import xlsx_bytes
from tests.activities.asking import page
from tests.factories.activities import a_group, a_programme, a_session, a_town
from tests.factories.api import a_client, a_token, api
from tests.factories.people import actor, login
from tests.factories.rules import a_threshold, venue_rules

pytestmark = pytest.mark.django_db
SIX = [
    "session.capacity",
    "programme.grades",
    "venue.group_min",
    "venue.weekday",
    "district.adult_ratio",
    "agreement.missing",
]


@pytest.fixture
def town():
    found = a_town()
    venue_rules(found.venue, smallest_group=10, weekdays=[1])
    a_threshold(found.district, "agreement_needed_go_out", "block")
    return found


@pytest.fixture
def session(town):
    return a_session(town.venue, programme=a_programme(town.venue, grades=[8]), capacity=2)


def sheet(town, *rows):
    data = xlsx_bytes({"预约": [booking_sheet.COLUMNS, *rows]})
    return booking_sheet.preview(read(data, "预约.xlsx"), town.school, by=actor(town.coordinator))


def row(town, session, *, pupils="", adults=0, group="五（1）班"):
    return [str(session.pk), group, pupils, str(adults), town.teacher.user.username]


def test_page_api_and_spreadsheet_name_the_same_six_codes(town, session, client):
    browser = login(client, town.coordinator)
    shown = page(browser, "booking-request", session.pk, classes=town.class_a.pk, adults=0)
    by_page = [rule.code for rule in shown.context["verdict"].broken]
    html = shown.content.decode()
    assert all(f">{code}<" in html for code in SIX)

    machine = api(a_token(a_client(town.district)))
    body = {"school": town.school.pk, "classes": [town.class_a.pk], "adults": 0}
    send = {"content_type": "application/json"}
    judged = machine.post("/api/v1/eligibility/", json.dumps(body | {"sessions": [session.pk]}), **send)
    (said,) = judged.json()["results"]
    by_api = [rule["code"] for rule in said["rules"]]
    asked = body | {"session": session.pk, "leader": town.teacher.pk}
    refused = machine.post("/api/v1/bookings/", json.dumps(asked), **send)

    (line,) = sheet(town, row(town, session)).rows
    by_sheet = [rule.code for rule in line.verdict.broken]

    assert by_page == by_api == by_sheet == SIX
    assert (refused.status_code, [rule["code"] for rule in refused.json()["rules"]]) == (409, SIX)
    sentences = [rule.sentence for rule in line.verdict.broken]
    assert [rule["detail"] for rule in said["rules"]] == sentences
    assert all(rule["fix"] for rule in said["rules"])
    assert [rule["granted_by"] for rule in said["rules"]] == ["", "venue", "venue", "venue", "", "bureau"]
    with pytest.raises(bookings.NotEligible) as no:
        bookings.request(
            session,
            a_group(town, session, adults=0),
            by=actor(town.coordinator),
            leader=town.teacher,
            request_key=uuid.uuid4(),
        )
    assert [rule.code for rule in no.value.verdict.broken] == SIX
    assert not Booking.objects.exists()


def test_the_spreadsheet_shows_all_of_them_on_its_preview_and_writes_nothing(town, session, client):
    browser = login(client, town.coordinator)
    preview = uploaded(browser, [booking_sheet.COLUMNS, row(town, session)])
    html = preview.content.decode()
    assert all(f">{code}<" in html for code in SIX)
    assert "import-write" not in html
    upload = preview.context["upload"]
    browser.post(reverse("portal:import-write", args=[upload.pk]))
    assert not Booking.objects.exists()


def uploaded(browser, rows):
    file = SimpleUploadedFile("预约.xlsx", xlsx_bytes({"预约": rows}))
    return browser.post(reverse("portal:import-new", args=["bookings"]), {"file": file}, follow=True)
