"""A visit without an agreement where the district asks for one: confirmed by a sheet that both sides accept."""

import datetime as dt
import json
import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from activities import (
    booking_sheet,
    bookings,
    confirmations,
    endings,
    groups,
    head_counts,
    offering,
    receipts,
    rescheduling,
    sessions,
    waitlist,
)
from activities.eligibility import Judge
from activities.models import Booking, ConfirmationSheet, Session
from people.models import Notice
from portal import books
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.writing import xlsx_bytes
from tests.activities.asking import page, post
from tests.factories.activities import a_booking, a_group, a_programme, a_session, a_town, local, next_weekday
from tests.factories.api import a_client, a_token, api
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, login
from tests.factories.rules import a_threshold

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    a_threshold(found.district, "agreement_needed_go_out", "block")
    return found


@pytest.fixture
def session(town):
    return a_session(town.venue, programme=a_programme(town.venue, confirmation="auto"))


@pytest.fixture
def booking(town, session):
    return on_sheet(town, session)


def on_sheet(town, session):
    return a_booking(town, session, group=replace(a_group(town, session), on_sheet=True))


def fresh(booking):
    return Booking.objects.with_group().get(pk=booking.pk)


def accept(booking, hat):
    booking = fresh(booking)
    return confirmations.accept(booking, by=actor(hat), digest=receipts.digest(booking))


def by_sheet(town, session, word):
    row = [str(session.pk), "五（1）班", "", "3", town.teacher.user.username, word]
    data = xlsx_bytes({"预约": [booking_sheet.COLUMNS, row]})
    return booking_sheet.preview(read(data, "预约.xlsx"), town.school, by=actor(town.coordinator))


def test_page_api_and_spreadsheet_name_the_sheet_as_a_way_out_and_take_it(town, session, client):
    browser, machine = login(client, town.coordinator), api(a_token(a_client(town.district)))
    chosen = {"classes": town.class_a.pk, "adults": 3}
    asked = {"school": town.school.pk, "classes": [town.class_a.pk], "adults": 3}
    send = {"content_type": "application/json"}

    (rule,) = page(browser, "booking-request", session.pk, **chosen).context["verdict"].broken
    assert (rule.code, rule.blocks, rule.change) == ("agreement.missing", True, {"on_sheet": 1})
    answer = machine.post("/api/v1/eligibility/", json.dumps(asked | {"sessions": [session.pk]}), **send)
    (said,) = answer.json()["results"]
    (line,) = by_sheet(town, session, "").rows
    assert said["rules"][0]["fix"] == line.verdict.broken[0].way_out == rule.way_out
    assert (said["may_book"], line.verdict.may_book) == (False, False)

    slip = page(browser, "booking-request", session.pk, **chosen, on_sheet=1).context
    assert (slip["verdict"].may_book, slip["on_sheet"]) == (True, True)
    form = slip["form"].initial | chosen | {"on_sheet": "1", "leader": town.teacher.pk}
    made = post(browser, "booking-request", session.pk, **{key: value for key, value in form.items() if value})
    first = Booking.objects.get()
    assert made.url == reverse("activities:booking-sheet", args=[first.pk])
    bookings.withdraw(first, by=actor(town.coordinator))

    body = asked | {"session": session.pk, "leader": town.teacher.pk}
    assert machine.post("/api/v1/bookings/", json.dumps(body), **send).status_code == 409
    by_api = machine.post("/api/v1/bookings/", json.dumps(body | {"on_sheet": True}), **send)
    assert (by_api.status_code, by_api.json()["on_sheet"], by_api.json()["state"]) == (201, True, "requested")
    bookings.withdraw(Booking.objects.latest("pk"), by=actor(town.coordinator))

    sheet = by_sheet(town, session, "是")
    (third,) = booking_sheet.write(sheet, town.school, by=actor(town.coordinator), seed=uuid.UUID(int=9))
    assert (third.state, third.on_sheet) == ("requested", True)
    assert booking_sheet.rows_of([fresh(third)])[1][5] == "是"
    assert [problem.code for problem in by_sheet(town, session, "也许").table.problems] == ["yes_or_no"]


@pytest.mark.notice("booking.sheet")
def test_the_second_word_confirms_and_nothing_else_does(town, booking):
    assert (booking.state, booking.on_sheet, booking.agreement) == ("requested", True, None)
    with pytest.raises(Refused) as no:
        bookings.confirm(booking, by=actor(town.staff))
    assert no.value.code == "booking_rests_on_sheet"
    accept(booking, town.coordinator)
    accept(booking, town.coordinator)
    assert list(Notice.objects.filter(kind="booking.sheet").values_list("user", flat=True)) == [town.staff.user_id]
    assert fresh(booking).state == "requested"
    accept(booking, town.staff)
    done = fresh(booking)
    assert (done.state, done.confirmed_at is not None) == ("confirmed", True)
    assert Notice.objects.filter(kind="booking.confirmed", user=town.coordinator.user).count() == 1
    assert list(books.problems()) == []


def test_the_school_may_have_the_last_word(town, booking):
    accept(booking, town.staff)
    assert set(Notice.objects.filter(kind="booking.sheet").values_list("user", flat=True)) == {
        town.coordinator.user_id,
        town.teacher.user_id,
    }
    accept(booking, town.coordinator)
    assert fresh(booking).state == "confirmed"


@pytest.mark.guards("booking_rests_on_sheet")
def test_the_database_lets_none_be_confirmed_without_both_words(town, booking):
    accept(booking, town.staff)

    def confirmed_by_hand():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE activities_booking SET state = 'confirmed' WHERE id = %s", [booking.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as no:
        confirmed_by_hand()
    assert no.value.__cause__.diag.constraint_name == "booking_rests_on_sheet"
    booking.sheet.delete()
    both = {"school_at": clock.now(), "school_by": town.coordinator, "host_at": clock.now(), "host_by": town.staff}
    elsewhere = a_session(town.venue)
    words = ConfirmationSheet.objects.create(booking=booking, digest="0" * 64, session=elsewhere, **both)
    with pytest.raises(IntegrityError):
        confirmed_by_hand()
    words.delete()
    accept(booking, town.staff)
    accept(booking, town.coordinator)
    assert fresh(booking).state == "confirmed"


@pytest.mark.guards("booking_sheet_or_agreement")
def test_a_visit_rests_on_an_agreement_or_on_its_sheet(town, session, booking):
    agreement = an_agreement(town.venue, [town.school])
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activities_booking SET agreement_id = %s", [agreement.pk])
    assert no.value.__cause__.diag.constraint_name == "booking_sheet_or_agreement"
    other = a_booking(town, session, group=replace(a_group(town, session, town.class_b), on_sheet=True))
    assert (other.agreement, other.on_sheet, other.state) == (agreement, False, "confirmed")  # an agreement does more


def test_where_the_district_only_warns_no_sheet_is_asked_for():
    elsewhere = a_town()  # where the default is to warn
    made = on_sheet(elsewhere, a_session(elsewhere.venue, programme=a_programme(elsewhere.venue, confirmation="auto")))
    assert (made.on_sheet, made.state) == (False, "confirmed")


def test_another_date_asks_for_another_sheet(town, session, booking):
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    later = a_session(
        town.venue, programme=session.programme, starts_at=local(next_weekday(4), 9), ends_at=local(next_weekday(4), 11)
    )
    moved = rescheduling.reschedule(fresh(booking), to=later, by=actor(town.coordinator))
    assert (moved.state, confirmations.holds(fresh(booking))) == ("requested", False)
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    assert fresh(booking).state == "confirmed"


def test_heads_breathe_and_a_new_number_asks_for_a_new_sheet(town, session):
    group = groups.of_heads(town.school, 28, on=session.day, adults=3)
    booking = a_booking(town, session, group=replace(group, on_sheet=True))
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)

    def come(pupils):
        now = fresh(booking)
        return head_counts.change(now, head_counts.coming(now, pupils=pupils), by=actor(town.coordinator)).state

    assert (come(26), come(15)) == ("confirmed", "requested")
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    assert fresh(booking).state == "confirmed"


def test_the_host_confirms_others_at_once_and_leaves_this_one(town, session, booking, client):
    by_hand = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual", direction="online"))
    other = a_booking(town, by_hand, town.class_b)
    browser = login(client, town.staff)
    shown = browser.get(reverse("activities:booking-pending")).content.decode()
    assert reverse("activities:booking-sheet", args=[booking.pk]) in shown
    assert f'name="booking" value="{booking.pk}"' not in shown
    browser.post(reverse("activities:booking-confirm_all"), {"booking": [booking.pk, other.pk]})
    assert (fresh(booking).state, fresh(other).state) == ("requested", "confirmed")
    assert browser.get(reverse("activities:booking-page", args=[booking.pk])).status_code == 200


def test_a_host_sends_it_nowhere_else(town, session, booking):
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    other = a_session(town.venue, starts_at=session.starts_at + dt.timedelta(days=1))
    with pytest.raises(Refused) as no:
        sessions.edit(session, by=actor(town.staff), capacity=1, places={booking.pk: other})
    assert no.value.code == "booking.on_sheet"


def test_the_judge_only_reminds_of_the_sheet(town, session):
    verdict = Judge([session], replace(a_group(town, session), on_sheet=True)).of(session)
    assert ([rule.code for rule in verdict.warnings], verdict.on_sheet) == (["agreement.missing"], True)


def test_an_agreement_takes_the_place_of_the_sheet(town, booking):
    agreement = an_agreement(town.venue, [town.school])
    endings.rest_on(fresh(booking), agreement, by=actor(town.bureau))
    assert (fresh(booking).agreement, fresh(booking).on_sheet) == (agreement, False)


def test_it_waits_on_the_schools_first_page_until_it_has_accepted(town, booking, client):
    browser, address = login(client, town.coordinator), reverse("activities:booking-sheet", args=[booking.pk])
    assert f'href="{address}"' in browser.get("/").content.decode()
    accept(booking, town.coordinator)
    assert f'href="{address}"' not in browser.get("/").content.decode()


def test_who_waits_for_places_gets_them_on_a_sheet_too(town, session):
    """The tick goes along through the waiting list: places are offered, and taking them makes a booking that waits."""
    Session.objects.filter(pk=session.pk).update(capacity=3)
    first = a_booking(town, Session.objects.get(pk=session.pk), group=replace(a_group(town, session), on_sheet=True))
    group = replace(a_group(town, session, town.class_b), on_sheet=True)
    entry = waitlist.join(
        Session.objects.get(pk=session.pk),
        group,
        by=actor(town.coordinator),
        leader=town.teacher,
        request_key=uuid.uuid4(),
    )
    bookings.withdraw(fresh(first), by=actor(town.coordinator))
    offering.sweep()
    entry.refresh_from_db()
    assert entry.state == "offered"
    taken = waitlist.accept(entry, by=actor(town.coordinator))
    assert (taken.state, taken.on_sheet) == ("requested", True)


def test_a_number_that_comes_back_to_what_was_accepted_asks_for_both_words_again(town, session):
    """28, 15, 28 again: the words about the first 28 are void, else nobody could say them anew and it would wait for ever."""
    group = groups.of_heads(town.school, 28, on=session.day, adults=3)
    booking = a_booking(town, session, group=replace(group, on_sheet=True))
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    for pupils in (15, 28):
        now = fresh(booking)
        head_counts.change(now, head_counts.coming(now, pupils=pupils), by=actor(town.coordinator))
    assert (fresh(booking).state, confirmations.holds(fresh(booking))) == ("requested", False)
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    assert fresh(booking).state == "confirmed"
    assert Notice.objects.filter(kind="booking.sheet", user=town.staff.user).count() == 2  # once for each word


def test_a_visit_that_goes_back_to_its_first_date_asks_for_both_words_again(town, session, booking):
    for hat in (town.coordinator, town.staff):
        accept(booking, hat)
    later = a_session(town.venue, programme=session.programme, starts_at=session.starts_at + dt.timedelta(days=1))
    for to in (later, session):
        rescheduling.reschedule(fresh(booking), to=to, by=actor(town.coordinator))
    assert (fresh(booking).state, confirmations.holds(fresh(booking))) == ("requested", False)
