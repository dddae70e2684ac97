"""停课: one act calls everything of a half-day off, and the groups that lost it choose new dates first."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from activities import bookings, days_off, lateness, rescheduling, sessions
from activities.models import Booking, DayOff, RollEntry, Session
from people.models import AuditEvent, Notice
from people.roles import Role
from people.workflow import abilities
from portal import books
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town, local, next_weekday
from tests.factories.people import actor, hat, login
from tests.factories.rules import venue_rules

pytestmark = pytest.mark.django_db
DAY = next_weekday(3)


@pytest.fixture
def town():
    return a_town(pupils=3)


def at(town, hour, *, day=None, **fields):
    day = day or DAY
    return a_session(town.venue, starts_at=local(day, hour), ends_at=local(day, hour + 1), **fields)


def call_off(town, by, part="day", organisation=None, **fields):
    where = organisation or by.organisation
    return days_off.declare(where, by=actor(by), date=DAY, part=part, kind="weather", words="暴雨红色预警", **fields)


def states():
    return list(Booking.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.notice("day_off.school")
@pytest.mark.notice("day_off.host")
def test_the_bureau_calls_the_morning_off_for_its_schools(town):
    morning, afternoon = at(town, 9), at(town, 14)
    a_booking(town, morning, town.class_a)
    a_booking(town, morning, town.class_b)
    a_booking(town, afternoon, a_class(town.school, 2))

    _day_off, done = call_off(town, town.bureau, part="am")

    assert len(done.bookings) == 2
    assert states() == ["cancelled_no_fault", "cancelled_no_fault", "confirmed"]
    morning.refresh_from_db()
    assert (morning.taken, morning.state) == (0, "open")  # other districts may still come
    assert not RollEntry.objects.filter(session=morning, is_live=True).exists()
    told = Notice.objects.filter(kind="day_off.school")
    assert set(told.values_list("user", flat=True)) >= {town.coordinator.user_id}
    assert told.values("user").distinct().count() == told.count()  # one message a person, not one a group
    assert told.first().facts["bookings"] == 2
    assert Notice.objects.get(kind="day_off.host", user=town.staff.user).facts["pupils"] == 6
    facts = {"bookings": 2, "sessions": 0, "postponed": False}
    assert AuditEvent.objects.get(verb="day_off.declare").facts == facts
    assert list(books.problems()) == []


def test_a_venue_calls_its_sessions_off_with_the_groups_of_every_district(town):
    session = at(town, 9)
    a_booking(town, session, town.class_a)
    call_off(town, town.staff)
    session.refresh_from_db()
    assert (session.state, states()) == ("cancelled", ["cancelled_no_fault"])
    assert not Notice.objects.filter(kind="day_off.host").exists()  # it said so itself


def test_a_school_calls_off_its_own_groups_only(town):
    other = a_town(pupils=2)
    a_booking(town, at(town, 9), town.class_a)
    a_booking(other, at(other, 9), other.class_a)
    call_off(town, town.coordinator)
    assert states() == ["cancelled_no_fault", "confirmed"]


def test_a_group_that_is_there_stays_and_so_does_a_past_day(town, clock):
    session = at(town, 9)
    there, on_its_way = a_booking(town, session, town.class_a), a_booking(town, session, town.class_b)
    clock.to(session.starts_at)
    bookings.receive(there, by=actor(town.staff), heads=3)
    call_off(town, town.bureau)
    assert states() == ["confirmed", "cancelled_no_fault"]
    assert on_its_way.pk
    clock.forward(days=1)
    with pytest.raises(Refused) as no:
        call_off(town, town.bureau)
    assert no.value.code == "day_off.past"


@pytest.mark.guards("dayoff_once")
def test_declaring_twice_is_one_day_off_and_nothing_is_booked_into_it(town):
    session = at(town, 9)
    a_booking(town, session, town.class_a)
    first, _done = call_off(town, town.coordinator)
    again, done = call_off(town, town.coordinator)
    assert (first, done.bookings) == (again, ())
    with pytest.raises(Refused) as no:
        a_booking(town, session, town.class_b)
    assert (no.value.code, no.value.verdict.blocking[0].facts) == ("district.day_off", {"reason": "暴雨红色预警"})
    other = a_town(pupils=2)
    a_booking(other, at(other, 9), other.class_a)  # nobody else's day off
    assert DayOff.objects.count() == 1
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activities_dayoff (organisation_id, date, part, kind, words, declared_at)"
            " SELECT organisation_id, date, part, kind, words, declared_at FROM activities_dayoff"
        )
    assert broken.value.__cause__.diag.constraint_name == "dayoff_once"


def test_what_was_said_of_the_old_date_is_not_said_of_the_new_one(town, clock):
    """A group an hour late for a visit that is put off then is not expected an hour late a week later."""
    booking = a_booking(town, at(town, 9), town.class_a)
    clock.to(local(DAY, 8))
    lateness.announce(Booking.objects.with_group().get(pk=booking.pk), by=actor(town.teacher), minutes=60)
    call_off(town, town.staff, postpones=True)
    waiting = Booking.objects.with_group().get(pk=booking.pk)
    moved = days_off.rebook(waiting, to=at(town, 9, day=DAY + dt.timedelta(days=7)), by=actor(town.coordinator))
    moved.refresh_from_db()
    assert (moved.state, moved.late_minutes, moved.late_said_at) == ("confirmed", None, None)


@pytest.mark.notice("day_off.postponed")
def test_a_postponed_group_keeps_roll_and_papers_and_takes_a_new_date_first(town, clock):
    """The same booking, number and outing; until then it holds no place, no pupil's time and nothing of an agreement."""
    session = at(town, 9)
    booking = a_booking(town, session, town.class_a)
    outing, roll = booking.outing, set(booking.roll.values_list("student", flat=True))
    clock.to(local(DAY, 7))
    call_off(town, town.bureau, postpones=True)
    assert states() == ["postponed"]
    session.refresh_from_db()
    assert (session.taken, session.state) == (0, "open")  # other districts may still come
    assert not RollEntry.objects.filter(is_live=True).exists()
    assert set(RollEntry.objects.values_list("student", flat=True)) == roll
    assert set(Notice.objects.filter(kind="day_off.postponed").values_list("facts__bookings", flat=True)) == {1}
    assert not Notice.objects.filter(kind="day_off.school").exists()
    elsewhere = a_booking(town, at(town, 9, day=DAY + dt.timedelta(days=8)), town.class_a)
    bookings.cancel(elsewhere, by=actor(town.coordinator))  # its pupils were free

    soon = at(town, 9, day=DAY + dt.timedelta(days=2))
    waiting = Booking.objects.with_group().get(pk=booking.pk)
    assert days_off.offers([waiting], [soon], most=3) == {waiting.pk: [soon]}
    for _n in range(2):
        days_off.rebook(waiting, to=soon, by=actor(town.coordinator))
    moved = Booking.objects.get(pk=booking.pk)
    assert (moved.state, moved.session, moved.outing, moved.seats_held) == ("confirmed", soon, outing, 3)
    assert (moved.ended_at, moved.reason) == (None, "")
    assert set(moved.roll.filter(is_live=True, session=soon).values_list("student", flat=True)) == roll
    soon.refresh_from_db()
    assert soon.taken == 3
    assert a_booking_refused(town, soon) == "venue.lead_days"  # nobody else comes first
    assert list(books.problems()) == []


def test_what_was_called_off_once_is_no_way_around_the_rules_later(town, clock):
    """The new date, cancelled by the school itself, gives no second one ahead of others."""
    booking = a_booking(town, at(town, 9), town.class_a)
    call_off(town, town.bureau, postpones=True)
    waiting = Booking.objects.with_group().get(pk=booking.pk)
    days_off.rebook(waiting, to=at(town, 9, day=DAY + dt.timedelta(days=14)), by=actor(town.coordinator))
    moved = Booking.objects.with_group().get(pk=booking.pk)
    bookings.cancel(moved, by=actor(town.coordinator))
    with pytest.raises(Refused) as no:
        days_off.rebook(moved, to=at(town, 9, day=DAY + dt.timedelta(days=1)), by=actor(town.coordinator))
    assert no.value.code == "day_off.none"


def test_a_venue_postpones_its_session_and_the_group_takes_it_at_its_new_time(town):
    session = at(town, 9)
    booking = a_booking(town, session, town.class_a)
    call_off(town, town.staff, postpones=True)
    session.refresh_from_db()
    assert (session.state, states()) == ("postponed", ["postponed"])
    week_later = dt.timedelta(days=7)
    times = {"starts_at": session.starts_at + week_later, "ends_at": session.ends_at + week_later}
    sessions.edit(session, by=actor(town.staff), **times)
    sessions.open_session(session, by=actor(town.staff))
    waiting = Booking.objects.with_group().get(pk=booking.pk)
    assert rescheduling.choices(waiting, until=DAY + dt.timedelta(days=20)) == [session]
    rescheduling.reschedule(waiting, to=session, by=actor(town.coordinator))
    session.refresh_from_db()
    assert (session.taken, states()) == (3, ["confirmed"])
    assert list(books.problems()) == []


def test_a_group_on_the_other_half_of_its_day_does_not_count_twice_for_the_venue(town):
    """What a postponed booking held at the venue is given back already: nothing of it is free for it again."""
    venue_rules(town.venue, groups_per_day=1)
    booking = a_booking(town, at(town, 9), town.class_a)
    call_off(town, town.bureau, part="am", postpones=True)
    afternoon, evening = at(town, 14), at(town, 15)
    a_booking(town, afternoon, town.class_b)
    with pytest.raises(Refused) as no:
        days_off.rebook(Booking.objects.with_group().get(pk=booking.pk), to=evening, by=actor(town.coordinator))
    assert "venue.quota_day" in {rule.code for rule in no.value.verdict.blocking}


def test_postponed_classes_travel_together_again_only_on_one_day(town):
    session = at(town, 9)
    first = a_booking(town, session, town.class_a)
    second = a_booking(town, session, town.class_b, outing=first.outing)
    call_off(town, town.bureau, part="am", postpones=True)
    week_later, afternoon = at(town, 9, day=DAY + dt.timedelta(days=7)), at(town, 14)
    for booking, to in ((first, week_later), (second, afternoon)):
        days_off.rebook(Booking.objects.with_group().get(pk=booking.pk), to=to, by=actor(town.coordinator))
    outings = [Booking.objects.get(pk=booking.pk).outing_id for booking in (first, second)]
    assert outings[0] == first.outing_id != outings[1]


def test_a_school_does_without_a_new_date(town):
    booking = a_booking(town, at(town, 9), town.class_a)
    call_off(town, town.bureau, postpones=True)
    waiting = Booking.objects.get(pk=booking.pk)
    assert abilities(waiting, actor(town.coordinator)) == ["reschedule", "give_up"]
    assert abilities(waiting, actor(town.staff)) == []
    rescheduling.give_up(waiting, by=actor(town.coordinator))
    assert states() == ["cancelled_no_fault"]
    assert list(books.problems()) == []


def test_a_group_that_does_without_a_new_date_is_asked_for_none_any_more(client, town):
    booking = a_booking(town, at(town, 9), town.class_a)
    soon = at(town, 9, day=DAY + dt.timedelta(days=7))
    day_off, _done = call_off(town, town.bureau, postpones=True)
    rescheduling.give_up(Booking.objects.get(pk=booking.pk), by=actor(town.coordinator))
    shown = login(client, town.coordinator).get(reverse("activities:day_off-page", args=[day_off.pk])).context
    assert ([row["booking"] for row in shown["rows"]], shown["waiting"]) == ([booking], [])
    with pytest.raises(Refused) as no:
        days_off.rebook(Booking.objects.with_group().get(pk=booking.pk), to=soon, by=actor(town.coordinator))
    assert no.value.code == "day_off.none"


def test_a_new_date_that_is_cancelled_for_another_cause_gives_no_second_right(town):
    booking = a_booking(town, at(town, 9), town.class_a)
    call_off(town, town.bureau, postpones=True)
    waiting = Booking.objects.with_group().get(pk=booking.pk)
    days_off.rebook(waiting, to=at(town, 9, day=DAY + dt.timedelta(days=14)), by=actor(town.coordinator))
    moved = Booking.objects.with_group().get(pk=booking.pk)
    bookings.cancel_no_fault(moved, by=actor(town.bureau), reason="上级通知")
    assert rescheduling.waived(moved) == frozenset()


def test_nobody_calls_a_day_off_for_others(town):
    with pytest.raises(PermissionDenied):
        call_off(town, town.coordinator, organisation=town.venue.organisation)
    with pytest.raises(PermissionDenied):
        call_off(town, hat(Role.TEACHER, at=town.school.organisation))


def test_new_dates_come_before_the_lead_time_and_twice_is_once(town, clock):
    """The venue asks for seven days; a group that lost its date may take one in four."""
    session = at(town, 9)
    booking = a_booking(town, session, town.class_a)
    clock.to(local(DAY, 7))
    call_off(town, town.bureau)
    soon = at(town, 9, day=DAY + dt.timedelta(days=2))
    lost = Booking.objects.with_group().get(pk=booking.pk)
    assert days_off.offers([lost], [soon], most=3) == {lost.pk: [soon]}
    again = days_off.rebook(lost, to=soon, by=actor(town.coordinator))
    assert days_off.rebook(lost, to=soon, by=actor(town.coordinator)) == again
    assert (again.session, again.pupils, again.state, Booking.objects.count()) == (soon, 3, "confirmed", 2)
    fresh = a_booking_refused(town, soon)
    assert fresh == "venue.lead_days"


def a_booking_refused(town, session):
    with pytest.raises(Refused) as no:
        a_booking(town, session, town.class_b)
    return no.value.code


def test_only_what_was_called_off_is_booked_again(town):
    booking = a_booking(town, at(town, 9), town.class_a)
    with pytest.raises(Refused) as no:
        days_off.rebook(booking, to=at(town, 14), by=actor(town.coordinator))
    assert no.value.code == "day_off.none"


def test_on_a_phone_twelve_are_called_off_and_ten_get_new_dates_in_one_sitting(client, town):
    session = at(town, 9, capacity=60)
    for _n in range(12):
        a_booking(town, session, a_class(town.school, 2))
    new = [at(town, 9, day=DAY + dt.timedelta(days=7 + n), capacity=20) for n in range(2)]
    signed_in = login(client, town.coordinator)
    entries = {"date": DAY.isoformat(), "part": "am", "kind": "weather", "words": "暴雨"}
    look = signed_in.get(reverse("activities:day_off-new"), entries)
    assert len(look.context["found"].bookings) == 12
    assert Booking.objects.filter(state="confirmed").count() == 12  # looking changes nothing
    page = signed_in.post(reverse("activities:day_off-new"), entries).url
    waiting = signed_in.get(page).context["waiting"]
    assert [row["offers"] for row in waiting] == [new] * 12
    chosen = {f"to_{row['booking'].pk}": new[n % 2].pk for n, row in enumerate(waiting[:10])}
    assert signed_in.post(page, chosen).url == page
    after = signed_in.get(page).context
    assert (len(after["waiting"]), sum(row["again"] is not None for row in after["rows"])) == (2, 10)
    assert [row.taken for row in Session.objects.filter(pk__in=[one.pk for one in new]).order_by("pk")] == [10, 10]
    assert list(books.problems()) == []


def test_a_half_day_is_postponed_with_one_press_and_chosen_anew_on_one_page(client, town):
    session = at(town, 9, capacity=60)
    for _n in range(2):
        a_booking(town, session, a_class(town.school, 2))
    new = at(town, 9, day=DAY + dt.timedelta(days=7))
    signed_in = login(client, town.coordinator)
    entries = {"date": DAY.isoformat(), "part": "am", "kind": "weather", "words": "暴雨", "then": "postpone"}
    page = login(Client(), town.bureau).post(reverse("activities:day_off-new"), entries).url
    assert states() == ["postponed", "postponed"]
    assert len(signed_in.get(reverse("portal:home")).content.decode().split(f'href="{page}"')) == 3  # a duty each
    waiting = signed_in.get(page).context["waiting"]
    assert [row["offers"] for row in waiting] == [[new], [new]]
    first, second = (row["booking"] for row in waiting)
    assert signed_in.get(reverse("activities:booking-page", args=[first.pk])).status_code == 200
    shown = signed_in.get(reverse("activities:booking-reschedule", args=[first.pk])).context
    assert ([row["session"] for row in shown["fitting"]], shown["is_movable"]) == ([new], True)
    signed_in.post(page, {f"to_{first.pk}": new.pk, f"to_{second.pk}": ""})
    assert states() == ["confirmed", "postponed"]
    rows = signed_in.get(page).context["rows"]
    assert [row["again"] for row in rows] == [None, first] or [row["again"] for row in rows] == [first, None]
    signed_in.post(reverse("activities:booking-give_up", args=[second.pk]))
    assert states() == ["confirmed", "cancelled_no_fault"]


def test_the_page_of_new_dates_asks_the_same_queries_for_one_and_for_three(client, town, django_assert_max_num_queries):
    at(town, 9, day=DAY + dt.timedelta(days=7))
    counts = []
    signed_in = login(client, town.coordinator)
    for hour, half, n in ((9, "am", 1), (14, "pm", 3)):
        session = at(town, hour)
        for _n in range(n):
            a_booking(town, session, a_class(town.school, 2))
        day_off, _done = call_off(town, town.bureau, part=half)
        address = reverse("activities:day_off-page", args=[day_off.pk])
        signed_in.get(address)
        with django_assert_max_num_queries(60) as asked:
            assert len(signed_in.get(address).context["waiting"]) == n
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_venue_and_neighbour_see_what_concerns_them(client, town):
    stranger = a_town()
    programme = a_programme(town.venue)
    a_booking(town, at(town, 9, programme=programme), town.class_a)
    day_off, _done = call_off(town, town.coordinator)
    address = reverse("activities:day_off-page", args=[day_off.pk])
    assert login(client, town.staff).get(address).status_code == 200
    assert login(client, town.bureau).get(address).status_code == 200
    assert login(client, stranger.coordinator).get(address).status_code == 404
    assert login(client, stranger.bureau).get(address).status_code == 404


def test_a_school_that_calls_off_its_own_day_goes_before_nobody(town, clock):
    booking = a_booking(town, at(town, 9), town.class_a)
    clock.to(local(DAY, 7))
    call_off(town, town.coordinator)
    soon = at(town, 9, day=DAY + dt.timedelta(days=2))
    lost = Booking.objects.with_group().get(pk=booking.pk)
    assert days_off.offers([lost], [soon], most=3) == {lost.pk: []}
    with pytest.raises(Refused) as no:
        days_off.rebook(lost, to=soon, by=actor(town.coordinator))
    assert no.value.code == "venue.lead_days"


def test_a_morning_that_is_called_off_leaves_the_afternoon_and_binds_the_whole_district(town):
    call_off(town, town.bureau, part="am")
    with pytest.raises(Refused) as no:
        a_booking(town, at(town, 9), town.class_a)
    assert no.value.code == "district.day_off"
    assert a_booking(town, at(town, 14), town.class_a).state == "confirmed"
