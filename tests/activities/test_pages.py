"""The pages: who opens which, what a form does, and what bad input meets."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import Booking, Programme, Session
from tests.activities.asking import page, post
from tests.factories.activities import (
    a_booking,
    a_class,
    a_programme,
    a_session,
    a_town,
    local,
    next_weekday,
)
from tests.factories.people import login

pytestmark = pytest.mark.django_db


def entries(town, *classes, **more):
    """What the booking form sends for whole classes."""
    return {
        "by": "classes",
        "classes": [school_class.pk for school_class in classes or [town.class_a]],
        "adults": 1,
        "leader": town.teacher.pk,
        "step_free": 0,
        "request_key": str(uuid.uuid4()),
    } | more


def test_catalogue_without_a_group_lists_sessions_and_asks_for_one(client):
    town = a_town()
    session = a_session(town.venue)
    answer = page(login(client, town.coordinator), "session-list")
    assert answer.status_code == 200
    assert [row.session for row in answer.context["rows"]] == [session]
    assert answer.context["rows"][0].verdict is None


def test_catalogue_judges_every_session_for_the_group_in_the_address(client):
    town = a_town()
    fits, small = a_session(town.venue), a_session(town.venue, capacity=2)
    answer = page(login(client, town.coordinator), "session-list", classes=town.class_a.pk)
    shown = [*answer.context["rows"], *answer.context["others"]]
    verdicts = {row.session.pk: row.verdict for row in shown}
    assert [row.session for row in answer.context["rows"]] == [fits]
    assert answer.context["group"].pupils == 3
    assert verdicts[fits.pk].may_book
    assert [rule.code for rule in verdicts[small.pk].blocking] == ["session.capacity"]


def test_catalogue_answers_a_class_of_another_school_with_a_sentence(client):
    town, other = a_town(), a_town()
    a_session(town.venue)
    answer = page(login(client, town.coordinator), "session-list", classes=other.class_a.pk)
    assert answer.status_code == 200
    assert answer.context["group"] is None
    assert answer.context["trouble"]


def test_a_school_looks_ahead_and_an_office_also_back(client, clock):
    town = a_town()
    past, coming = a_session(town.venue), a_session(town.venue, starts_at=local(next_weekday(3, after=17), 9))
    clock.to(past.ends_at)
    for who, found in ((town.coordinator, []), (town.bureau, [past]), (town.staff, [past])):
        answer = page(login(client, who), "session-list", week=past.day.isoformat())
        assert [row.session for row in answer.context["rows"]] == found
    answer = page(login(client, town.coordinator), "session-list")
    assert [row.session for row in answer.context["rows"]] == [coming]


@pytest.mark.parametrize("query", [{"day": "2026-99-99"}, {"week": "x" * 999}, {"form": "junk"}, {"adults": "-4"}])
def test_catalogue_survives_junk_in_the_address(client, query):
    town = a_town()
    assert page(login(client, town.coordinator), "session-list", **query).status_code == 200


def test_catalogue_is_filtered_by_words_and_price(client):
    town = a_town()
    free = a_session(town.venue, programme=a_programme(town.venue, name_zh="深空展厅夜话"))
    a_session(town.venue, price_kind="paid", list_price=20, paid_price=20)
    signed_in = login(client, town.coordinator)
    for query in ({"words": "深空"}, {"price": "free"}):
        answer = page(signed_in, "session-list", **query)
        assert [row.session for row in answer.context["rows"]] == [free]


def test_catalogue_shows_nothing_of_a_venue_that_is_not_listed(client):
    town, elsewhere = a_town(), a_town()
    a_session(elsewhere.venue)
    answer = page(login(client, town.coordinator), "session-list")
    assert answer.context["rows"] == []


def test_booking_form_books_two_classes(client):
    town = a_town()
    session = a_session(town.venue)
    answer = post(
        login(client, town.coordinator), "booking-request", session.pk, **entries(town, town.class_a, town.class_b)
    )
    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("activities:booking-page", args=[booking.pk])
    assert (booking.pupils, booking.leader, booking.state) == (6, town.teacher, "confirmed")


def test_booking_form_keeps_its_entries_and_shows_every_rule_when_refused(client):
    town = a_town()
    session = a_session(town.venue, capacity=2)
    answer = post(login(client, town.coordinator), "booking-request", session.pk, **entries(town, adults=0))
    assert answer.status_code == 200
    assert not Booking.objects.exists()
    assert [rule.code for rule in answer.context["verdict"].blocking] == ["session.capacity", "district.adult_ratio"]
    assert answer.context["form"]["leader"].value() == str(town.teacher.pk)


def test_booking_form_look_computes_the_slip_and_writes_nothing(client):
    town = a_town()
    session = a_session(town.venue)
    address = reverse("activities:booking-request", args=[session.pk])
    signed_in = login(client, town.coordinator)
    part = signed_in.post(address, entries(town, look="1"), headers={"HX-Request": "true"})
    whole = signed_in.post(address, entries(town, look="page"))
    assert (part.status_code, whole.status_code) == (200, 200)
    assert b'id="slip"' in part.content
    assert b"<html" not in part.content
    assert b"<html" in whole.content
    assert part.context["group"].pupils == whole.context["group"].pupils == 3
    assert not Booking.objects.exists()


def test_catalogue_filtered_without_a_group_does_not_ask_for_one(client):
    town = a_town()
    answer = page(
        login(client, town.coordinator), "session-list", by="classes", activity_group="", pupils="", price="free"
    )
    assert (answer.context["group"], answer.context["trouble"]) == (None, None)


def test_booking_form_sent_twice_books_once(client):
    town = a_town()
    session, sent = a_session(town.venue), entries(town)
    signed_in = login(client, town.coordinator)
    first = post(signed_in, "booking-request", session.pk, **sent)
    second = post(signed_in, "booking-request", session.pk, **sent)
    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_booking_form_counts_a_class_without_names(client):
    town = a_town()
    unnamed = a_class(town.school, number=9)
    session = a_session(town.venue)
    sent = entries(town, unnamed, **{f"heads_{unnamed.pk}": 25, "adults": 2})
    post(login(client, town.coordinator), "booking-request", session.pk, **sent)
    assert (Booking.objects.get().pupils, Booking.objects.get().by_roster) == (25, False)


@pytest.mark.parametrize(
    "junk",
    [
        {"classes": ["999999"]},
        {"by": "group", "activity_group": "7777"},
        {"by": "heads", "pupils": "999999999"},
        {"by": "heads", "pupils": "minus"},
        {"leader": "0"},
        {"request_key": "not-a-key"},
        {"phone": "<script>"},
        {"note": "x" * 5000},
    ],
)
def test_booking_form_answers_junk_with_the_form(client, junk):
    town = a_town()
    session = a_session(town.venue)
    answer = post(login(client, town.coordinator), "booking-request", session.pk, **entries(town) | junk)
    assert answer.status_code == 200
    assert not Booking.objects.exists()


def test_a_foreign_session_is_a_404(client):
    town, elsewhere = a_town(), a_town()
    session = a_session(elsewhere.venue)
    signed_in = login(client, town.coordinator)
    assert page(signed_in, "session-page", session.pk).status_code == 404
    assert post(signed_in, "booking-request", session.pk, **entries(town)).status_code == 404


def test_booking_page_shows_the_moves_of_each_hat(client):
    town = a_town()
    session = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual"))
    booking = a_booking(town, session)
    expected = {
        town.coordinator: ["withdraw", "reschedule"],
        town.staff: ["confirm", "decline", "cancel_by_venue"],
        town.bureau: ["cancel_no_fault"],
        town.teacher: [],
    }
    for hat, moves in expected.items():
        answer = page(login(client, hat), "booking-page", booking.pk)
        assert answer.status_code == 200
        assert answer.context["moves"] == moves


def test_booking_page_of_another_school_is_a_404(client):
    town, other = a_town(), a_town()
    booking = a_booking(town, a_session(town.venue))
    for hat in (other.coordinator, other.staff, other.bureau):
        assert page(login(client, hat), "booking-page", booking.pk).status_code == 404
        assert post(login(client, hat), "booking-cancel", booking.pk).status_code in (403, 404)
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_booking_moves_by_post(client):
    town = a_town()
    booking = a_booking(town, a_session(town.venue))
    answer = post(login(client, town.coordinator), "booking-cancel", booking.pk, reason="课程调整")
    assert answer.status_code == 302
    booking.refresh_from_db()
    assert booking.state == "cancelled"


def test_a_stale_page_is_told_that_the_booking_has_changed(client):
    town = a_town()
    booking = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, confirmation="manual")))
    signed_in = login(client, town.staff)
    post(signed_in, "booking-confirm", booking.pk)
    answer = signed_in.post(reverse("activities:booking-confirm", args=[booking.pk]), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success", "error"]


def test_booking_list_has_tabs_and_finds_by_words(client):
    town = a_town()
    coming = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, name_zh="航天大讲堂")))
    signed_in = login(client, town.coordinator)
    assert page(signed_in, "booking-list").context["page"].rows == [coming]
    assert page(signed_in, "booking-list", words="航天").context["page"].rows == [coming]
    assert page(signed_in, "booking-list", words="没有").context["page"].rows == []
    for tab in ("waiting", "past", "ended", "junk"):
        assert page(signed_in, "booking-list", view=tab).status_code == 200


def test_desk_shows_half_days_arrivals_and_what_waits(client, clock):
    town = a_town()
    session = a_session(town.venue)
    manual = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual"))
    booking, waiting = a_booking(town, session, town.class_a), a_booking(town, manual, town.class_b)
    clock.to(session.starts_at + dt.timedelta(minutes=5))
    answer = page(login(client, town.staff), "booking-desk")
    assert answer.status_code == 200
    assert [row["booking"] for row in answer.context["arrivals"]] == [booking]
    assert answer.context["arrivals"][0]["late"] == 5
    assert answer.context["pending"] == [waiting]
    (half,) = answer.context["halves"]
    assert (half["places"], half["sure"], half["waits"], half["left"]) == (60, 3, 3, 54)


def test_desk_confirms_the_ticked_ones_and_no_foreign_ones(client):
    town, other = a_town(), a_town()
    mine = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, confirmation="manual")))
    foreign = a_booking(other, a_session(other.venue, programme=a_programme(other.venue, confirmation="manual")))
    post(login(client, town.staff), "booking-confirm_all", booking=[mine.pk, foreign.pk, "junk"])
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (mine.state, foreign.state) == ("confirmed", "requested")


def test_programme_is_written_published_and_edited_by_the_venue(client):
    town = a_town()
    signed_in = login(client, town.staff)
    sent = {
        "name_zh": "叶脉书签",
        "form": "workshop",
        "direction": "go_out",
        "category": "EXP",
        "grades": ["5", "6"],
        "minutes": 90,
        "capacity": 40,
        "price_kind": "discounted",
        "list_price": "30",
        "paid_price": "15",
        "confirmation": "auto",
        "hands_on": "75",
        "campaigns": ["science_week", "holidays"],
    }
    assert post(signed_in, "programme-create", **sent | {"hands_on": "101"}).context["form"].non_field_errors()
    post(signed_in, "programme-create", **sent)
    programme = Programme.objects.get(name_zh="叶脉书签")
    assert (programme.hands_on, programme.campaigns) == (75, ["science_week", "holidays"])
    assert (programme.state, programme.grades, programme.provider_id) == ("draft", [5, 6], town.venue.pk)
    post(signed_in, "programme-publish", programme.pk)
    post(signed_in, "programme-edit", programme.pk, **sent | {"capacity": 50})
    programme.refresh_from_db()
    assert (programme.state, programme.capacity) == ("published", 50)
    for name in ("programme-list", "programme-create"):
        assert page(signed_in, name).status_code == 200
    for name in ("programme-page", "programme-edit"):
        assert page(signed_in, name, programme.pk).status_code == 200


def test_programme_with_prices_that_do_not_fit_is_answered_in_the_form(client):
    town = a_town()
    sent = {"name_zh": "叶脉", "form": "workshop", "direction": "go_out", "minutes": 90, "capacity": 40}
    sent |= {"price_kind": "discounted", "list_price": "10", "paid_price": "15", "confirmation": "auto"}
    answer = post(login(client, town.staff), "programme-create", **sent)
    assert answer.status_code == 200
    assert not Programme.objects.filter(name_zh="叶脉").exists()


def test_session_is_made_open_and_cancelled_with_its_bookings(client):
    town = a_town()
    programme = a_programme(town.venue)
    signed_in = login(client, town.staff)
    sent = {"day": next_weekday(4).isoformat(), "starts": "09:30", "ends": "11:30"}
    sent |= {"audience": "groups", "capacity": 30, "unit": "heads", "held_back": 0}
    post(signed_in, "programme-session", programme.pk, **sent)
    session = Session.objects.get()
    assert (session.state, session.capacity) == ("open", 30)
    booking = a_booking(town, session)
    post(login(client, town.staff), "session-cancel", session.pk, reason="设备检修")
    booking.refresh_from_db()
    session.refresh_from_db()
    assert (session.state, booking.state, booking.reason) == ("cancelled", "cancelled_by_venue", "设备检修")
    for name in ("session-page", "session-edit"):
        assert page(signed_in, name, session.pk).status_code == 200


def test_session_is_postponed_by_post(client):
    town = a_town()
    session = a_session(town.venue)
    post(login(client, town.staff), "session-postpone", session.pk, reason="设备未到")
    session.refresh_from_db()
    assert session.state == "postponed"


def test_a_teacher_reads_the_catalogue_without_booking(client):
    town = a_town()
    session = a_session(town.venue)
    signed_in = login(client, town.teacher)
    answer = page(signed_in, "session-list", classes=town.class_a.pk)
    assert answer.context["group_form"] is None
    assert page(signed_in, "session-page", session.pk).status_code == 200
    assert page(signed_in, "booking-request", session.pk).status_code == 403


def test_session_form_refuses_fewer_places_than_are_taken(client):
    town = a_town()
    session = a_session(town.venue)
    a_booking(town, session)
    sent = {"day": session.day.isoformat(), "starts": "09:30", "ends": "11:30"}
    sent |= {"audience": "groups", "capacity": 2, "unit": "heads", "held_back": 0}
    answer = post(login(client, town.staff), "session-edit", session.pk, **sent)
    assert (answer.status_code, answer.context["plan"].missing) == (200, {session.pk: 1})
    session.refresh_from_db()
    assert session.capacity == 30
