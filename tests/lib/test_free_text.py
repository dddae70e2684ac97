"""Words that people type and others read: no identity number and no mobile number stays in them, by whatever door."""

import datetime as dt
import json

import pytest
from django.db.models import CharField, TextField

from activities import bookings, feedback, no_shows
from activities.models import Booking, Feedback
from partnerships import calendar
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused, free_text, said
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.api import a_client, a_token, api
from tests.factories.people import actor, login

IDENTITY = "11010119900101 123X"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (f"学生证件号 {IDENTITY}", "words.identity"),
        ("１１０１０１１９９００１０１１２３４", "words.identity"),
        ("请打家长电话13800138000。", "words.mobile"),
        ("请打 138 0013 8000", "words.mobile"),
        ("+86 138-0013-8000", "words.mobile"),
        ("１３８００１３８０００", "words.mobile"),
        ("138\u200b00138000", "words.mobile"),
    ],
)
def test_numbers_of_people_are_refused(words, code):
    for read in (free_text, said):
        with pytest.raises(Refused) as no:
            read(words)
        assert no.value.code == code


@pytest.mark.parametrize(
    "words",
    [
        "2026-12-01 14:00 改到 12 月 2 日",
        "回执 GX-000017，共 1300 人",
        "场馆总机 0755-12345678",
        "光明府〔2026〕12 号文件",
        "订单 91380013800012",
        "",
    ],
)
def test_other_figures_stay(words):
    assert free_text(f" {words} ") == words


@pytest.fixture
def town(db):
    town, today = a_town(), portal_clock.today()
    calendar.fill(town.district, today, today + dt.timedelta(days=60))
    return town


def test_no_door_lets_them_in(town, clock, client):
    booking = a_booking(town, a_session(town.venue), town.class_a)
    words, school, host = "家长 13800138000", actor(town.coordinator), actor(town.staff)
    with pytest.raises(Refused):
        a_booking(town, booking.session, town.class_b, note=words)
    machine, send = api(a_token(a_client(town.district))), {"content_type": "application/json"}
    body = json.dumps({"reason": words})
    refused = machine.post(f"/api/v1/bookings/{booking.pk}/cancel/", body, headers={"If-Match": "*"}, **send)
    assert (refused.status_code, refused.json()["code"]) == (409, "words.mobile")
    login(client, town.coordinator).post(f"/bookings/{booking.pk}/cancel/", {"reason": words})
    with pytest.raises(Refused):
        bookings.cancel_by_venue(booking, by=host, reason=words)
    clock.to(booking.session.starts_at)
    clock.forward(minutes=45)
    bookings.miss(booking, by=host)
    with pytest.raises(Refused):
        no_shows.dispute(booking.no_shows.get(), by=school, reason=words)
    no_shows.take_back(booking.no_shows.get(), by=host, answer="记错了")
    Booking.objects.filter(pk=booking.pk).update(state="attended")
    booking.refresh_from_db()
    with pytest.raises(Refused):
        feedback.give(booking, by=school, score=5, words=words)
    assert not Feedback.objects.exists()
    typed = [field.name for field in Booking._meta.fields if isinstance(field, CharField | TextField)]
    assert not any("13800138000" in str(getattr(booking, name)) for name in typed)
