"""A venue declines and names other dates; the school takes one with one press. Many are confirmed at once."""

import pytest
from django.core.exceptions import PermissionDenied

from activities import alternatives, bookings
from activities.models import Alternative, Booking
from people.models import Notice
from portal.lib.errors import Refused
from tests.activities.asking import page, post
from tests.factories.activities import a_booking, a_group, a_programme, a_session, a_town, local, next_weekday
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, login
from tests.factories.rules import venue_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    an_agreement(found.venue, [found.school])
    return found


@pytest.fixture
def programme(town):
    return a_programme(town.venue, confirmation="manual")


def on(town, programme, days, **fields):
    return a_session(
        town.venue, programme=programme, starts_at=local(next_weekday(3, after=10 + days), 9, 30), **fields
    )


def decline(town, booking, *sessions, by=None, reason="当天设备检修"):
    loaded = Booking.objects.with_group().get(pk=booking.pk)
    alternatives.decline(loaded, by=actor(by or town.staff), reason=reason, sessions=sessions)


@pytest.mark.notice("booking.declined_with_dates")
def test_declined_with_dates_one_of_which_the_school_takes(town, programme):
    venue_rules(town.venue, lead_days=12)
    booking = a_booking(town, on(town, programme, 7))
    soon = on(town, programme, 0)  # nearer than the venue's own lead time: it names it itself
    decline(town, booking, soon)
    booking = Booking.objects.with_group().get()
    assert booking.state == "declined"
    assert Notice.objects.get(kind="booking.declined_with_dates", user=town.coordinator.user).facts["dates"] == 1
    made = alternatives.take(booking, to=soon, by=actor(town.coordinator))
    assert (made.session, made.state, made.pupils, made.leader) == (soon, "confirmed", 3, town.teacher)
    assert alternatives.take(booking, to=soon, by=actor(town.coordinator)) == made
    assert alternatives.taken(booking) == made


def test_choices_fit_the_group_and_begin_with_its_programme(town, programme):
    booking = a_booking(town, on(town, programme, 0))
    other, same = on(town, a_programme(town.venue), 7), on(town, programme, 14)
    on(town, programme, 21, capacity=2)
    on(town, programme, 28, state="draft")
    found = alternatives.choices(Booking.objects.with_group().get(pk=booking.pk), most=6)
    assert found == [same, other]


def test_a_date_at_the_same_time_is_none_of_two_places(town, programme):
    booking = a_booking(town, on(town, programme, 0))
    beside = on(town, programme, 0)
    assert alternatives.choices(Booking.objects.with_group().get(pk=booking.pk), most=6) == [beside]


@pytest.mark.parametrize(("count", "code"), [(4, "alternative.most"), (1, "alternative.host")])
def test_what_a_venue_may_not_name(town, programme, count, code):
    there = a_town()
    booking = a_booking(town, on(town, programme, 0))
    named = [on(town, programme, 7 * n) for n in range(count)] if count > 1 else [a_session(there.venue)]
    with pytest.raises(Refused) as no:
        decline(town, booking, *named)
    booking.refresh_from_db()
    assert (no.value.code, booking.state, Alternative.objects.count()) == (code, "requested", 0)


def test_without_a_reason_nothing_is_declined_or_named(town, programme):
    booking = a_booking(town, on(town, programme, 0))
    with pytest.raises(Refused):
        decline(town, booking, on(town, programme, 7), reason=" ")
    booking.refresh_from_db()
    assert (booking.state, Alternative.objects.count()) == ("requested", 0)


def test_only_its_school_takes_and_only_what_was_named(town, programme):
    booking, other = a_booking(town, on(town, programme, 0)), on(town, programme, 7)
    decline(town, booking, other)
    booking = Booking.objects.with_group().get()
    with pytest.raises(PermissionDenied):
        alternatives.take(booking, to=other, by=actor(town.staff))
    with pytest.raises(Refused) as no:
        alternatives.take(booking, to=on(town, programme, 14), by=actor(town.coordinator))
    assert no.value.code == "alternative.none"


def test_a_date_that_is_full_by_now_says_so(town, programme):
    booking, other = a_booking(town, on(town, programme, 0)), on(town, programme, 7, capacity=3)
    decline(town, booking, other)
    a_booking(town, other, group=a_group(town, other, town.class_b))
    other.refresh_from_db()
    with pytest.raises(bookings.NotEligible):
        alternatives.take(Booking.objects.with_group().get(pk=booking.pk), to=other, by=actor(town.coordinator))


def test_from_page_to_page(town, programme, client):
    booking, other = a_booking(town, on(town, programme, 0)), on(town, programme, 7)
    venue = login(client, town.staff)
    assert page(venue, "booking-decline", booking.pk).context["fitting"] == [other]
    again = post(venue, "booking-decline", booking.pk, reason=" ", session=[other.pk])
    assert again.context["ticked"] == {other.pk}  # what was ticked stays
    post(venue, "booking-decline", booking.pk, reason="当天检修", session=[other.pk])
    school = login(client, town.coordinator)
    shown = page(school, "booking-page", booking.pk)
    assert (shown.context["named"], shown.context["may_take"]) == ([other], True)
    post(school, "booking-instead", booking.pk, session=other.pk)
    made = Booking.objects.get(session=other)
    assert page(school, "booking-page", booking.pk).context["instead"] == made
    assert page(login(client, town.staff), "booking-page", booking.pk).context["may_take"] is False


def test_many_are_confirmed_at_once_and_what_left_is_named(town, programme, client):
    session = on(town, programme, 0)
    mine = [a_booking(town, session, one) for one in (town.class_a, town.class_b)]
    gone = a_booking(town, on(town, programme, 7))
    venue = login(client, town.staff)
    assert page(venue, "booking-pending").context["count"] == 3
    bookings.withdraw(gone, by=actor(town.coordinator))
    keys = [booking.pk for booking in (*mine, gone)]
    done = venue.post("/desk/confirm/", {"booking": keys, "next": "pending"}, follow=True)
    assert set(Booking.objects.values_list("pk", "state")) == {
        (mine[0].pk, "confirmed"), (mine[1].pk, "confirmed"), (gone.pk, "withdrawn"),
    }  # fmt: skip
    (said,) = [str(message) for message in done.context["messages"]]
    assert "2" in said
    assert "1" in said


@pytest.mark.parametrize("who", ["coordinator", "bureau"])
def test_nobody_else_answers(town, programme, client, who):
    booking = a_booking(town, on(town, programme, 0))
    browser = login(client, getattr(town, who))
    assert page(browser, "booking-pending").status_code == 403
    assert page(browser, "booking-decline", booking.pk).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_naming_dates_costs_the_same_for_any_number(town, programme, count, django_assert_num_queries):
    booking = a_booking(town, on(town, programme, 0))
    for n in range(count):
        on(town, programme, 7 * (n + 1))
    loaded = Booking.objects.with_group().get(pk=booking.pk)
    with django_assert_num_queries(16):
        assert len(alternatives.choices(loaded, most=6)) == count
