"""Error pages: house style, both languages, nothing about what exists; 500 and 503 without request or database."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import translation
from structlog.testing import capture_logs

from people.actors import ANONYMOUS
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import hat, login

SENTENCES = {
    "400": "This request could not be read",
    "403": "This is not for your role",
    "404": "This page cannot be found",
    "500": "Something broke on our side",
    "503": "Many people are here just now",
}


@pytest.mark.parametrize("code", ["500", "503"])
def test_when_the_house_is_in_trouble_its_pages_need_neither_request_nor_database(code):
    for language, word in (("en", SENTENCES[code]), ("zh-hans", "")):
        with translation.override(language):
            html = render_to_string(f"{code}.html")
        assert "masthead" in html
        assert f'<html lang="{"en" if word else "zh-Hans"}">' in html
        assert f"<h1>{word}" in html


@pytest.mark.parametrize("code", ["400", "403", "404"])
def test_error_pages_say_what_may_have_happened(rf, code):
    request = rf.get("/nowhere/")
    request.user, request.actor, request.hats, request._messages = AnonymousUser(), ANONYMOUS, [], []
    with translation.override("en"):
        html = render_to_string(f"{code}.html", request=request)
    assert f"<h1>{SENTENCES[code]}</h1>" in html


@pytest.mark.django_db
def test_a_row_of_others_reads_like_a_missing_one(client):
    town = a_town()
    booking = a_booking(town, a_session(town.venue))
    login(client, hat("teacher"))
    foreign, missing = client.get(f"/bookings/{booking.pk}/"), client.get("/bookings/999999/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert tokenless(foreign.text, booking.pk) == tokenless(missing.text, 999999)


def tokenless(html, pk):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|R-[0-9A-F]{6}', "", html).replace(f"/bookings/{pk}/", "")


@pytest.mark.django_db
def test_a_wrong_hat_is_told_so(client):
    login(client, hat("counselor"))
    response = client.get("/reports/", headers={"accept-language": "en"})
    assert response.status_code == 403
    assert SENTENCES["403"] in response.text


@pytest.mark.django_db
def test_a_broken_view_answers_with_a_number_that_the_log_knows(client, monkeypatch):
    def breaks(*args):
        raise RuntimeError("no such luck")

    monkeypatch.setattr("portal.dashboard.waiting_for", breaks)
    login(client, hat("teacher"))
    client.raise_request_exception = False
    with capture_logs() as logs:
        response = client.get("/", headers={"accept-language": "en"})
    assert response.status_code == 500
    line = next(line for line in logs if line["event"] == "refused")
    assert (line["status"], line["view"]) == (500, "portal:home")
    assert line["reference"] in response.text
