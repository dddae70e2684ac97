"""Changes of booked sessions: told, shifted, asked; who can't stay goes where the host says; each school hears once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import bookings, changes, sessions
from activities.change_plan import Wish, plan
from activities.models import Booking, ChangedBooking, RollEntry, Session, SessionChange, VenueDay
from partnerships import calendar
from partnerships.models import Hall
from people.actors import SYSTEM
from people.models import Notice
from portal.lib.errors import Refused
from tests.breaking import change as alter
from tests.breaking import copy, refused_as
from tests.factories.activities import (
    a_booking,
    a_class,
    a_programme,
    a_session,
    a_town,
    a_waiting_group,
    local,
    next_weekday,
)
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
HALF, HOUR = dt.timedelta(minutes=30), dt.timedelta(hours=1)


@pytest.fixture
def town():
    made = a_town()
    today = next_weekday(1, after=0) - dt.timedelta(days=56)
    calendar.open_term(
        made.district, by=SYSTEM, school_year=today.year if today.month > 8 else today.year - 1, half=1,
        starts_on=today, ends_on=today + dt.timedelta(days=150),
    )  # fmt: skip
    return made


def later(session, by, town, **more):
    return sessions.edit(
        session, by=actor(town.staff), starts_at=session.starts_at + by, ends_at=session.ends_at + by, **more
    )


def row():
    return ChangedBooking.objects.select_related("session", "change").get()


def kinds():
    return sorted(Notice.objects.filter(kind__startswith="change.").values_list("kind", "user_id"))


@pytest.mark.notice("change.told")
def test_another_hall_or_guide_is_told_once_and_makes_papers_version_two(town):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    a_booking(town, session, town.class_b)
    assert changes.paper_version(booking) == 1
    hall = Hall.objects.create(venue=town.venue, name="序厅", heads=60)
    sessions.edit(session, by=actor(town.staff), hall=hall, guide="讲解员小林")
    assert set(ChangedBooking.objects.values_list("weight", "state", "free_until")) == {("notice", "told", None)}
    assert kinds() == sorted([("change.told", town.coordinator.user_id), ("change.told", town.teacher.user_id)])
    assert Notice.objects.filter(kind="change.told")[0].facts["visits"] == 2
    assert changes.paper_version(booking) == 2


def test_what_touches_no_paper_tells_nobody(town):
    session = a_session(town.venue)
    a_booking(town, session)
    assert sessions.edit(session, by=actor(town.staff), capacity=40) is None
    assert (session.capacity, SessionChange.objects.count(), kinds()) == (40, 0, [])


@pytest.mark.notice("change.shifted")
def test_half_an_hour_is_told_and_leaving_is_free_until_the_end_of_the_next_school_day(town, clock):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    clock.to(session.starts_at - 20 * HOUR)  # after the free time of the venue
    assert bookings.is_late(booking)
    later(session, HALF, town)
    booking.refresh_from_db()
    assert (row().weight, row().state, kinds()[0][0]) == ("shifted", "told", "change.shifted")
    assert row().free_until == session.starts_at  # the next school day ends after it
    assert RollEntry.objects.filter(booking=booking).values_list("starts_at", flat=True)[0] == session.starts_at
    assert not bookings.is_late(booking)
    bookings.cancel(booking, by=actor(town.coordinator))
    assert booking.state == Booking.State.CANCELLED


def test_free_leaving_after_a_small_shift_ends(town, clock):
    session = a_session(town.venue)
    a_booking(town, session)
    later(session, HALF, town)
    day = calendar.school_day_after(town.district.pk, clock.today(), 1)
    assert row().free_until == local(day + dt.timedelta(days=1), 0)
    clock.to(row().free_until)
    with pytest.raises(Refused) as no:
        changes.leave(row(), by=actor(town.coordinator))
    assert no.value.code == "change.too_late"


@pytest.mark.notice("change.moved")
def test_more_than_half_an_hour_asks_each_school_and_silence_costs_nothing(town, clock):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    later(session, HALF + dt.timedelta(minutes=1), town)
    assert (row().weight, row().state, kinds()[0][0]) == ("moved", "asked", "change.moved")
    clock.to(session.starts_at - dt.timedelta(minutes=1))
    booking.refresh_from_db()
    assert not bookings.is_late(booking)
    changes.leave(row(), by=actor(town.coordinator))
    booking.refresh_from_db()
    assert (booking.state, row().state) == (Booking.State.CANCELLED, "left")
    session.refresh_from_db()
    assert session.taken == 0


def test_a_school_accepts_the_new_time_once_and_is_bound_again(town, clock):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    later(session, 2 * HOUR, town)
    changes.accept(row(), by=actor(town.coordinator))
    assert row().state == "accepted"
    with pytest.raises(Refused) as no:
        changes.accept(row(), by=actor(town.coordinator))
    assert no.value.code == "changed"
    clock.to(session.starts_at - HOUR)
    booking.refresh_from_db()
    assert bookings.is_late(booking)


def test_nothing_is_moved_into_the_past_or_out_of_it(town, clock):
    session = a_session(town.venue)
    with pytest.raises(Refused) as no:
        later(session, -dt.timedelta(days=60), town)
    assert no.value.code == "session.past"
    clock.to(session.starts_at)
    with pytest.raises(Refused) as no:
        later(session, HOUR, town)
    assert no.value.code == "session.past"


def test_two_small_steps_are_one_large_one(town):
    session = a_session(town.venue)
    a_booking(town, session)
    first = session.starts_at
    later(session, HALF, town)
    later(session, HALF, town)
    rows = ChangedBooking.objects.order_by("pk").values_list("state", "weight", "was_starts_at")
    assert list(rows) == [("replaced", "shifted", first), ("asked", "moved", first)]


def test_back_to_the_old_time_takes_the_question_back(town):
    session = a_session(town.venue)
    a_booking(town, session)
    later(session, 2 * HOUR, town)
    later(session, -2 * HOUR, town)
    assert list(ChangedBooking.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", "told"]


def test_another_day_moves_the_counters_of_the_venue(town):
    session = a_session(town.venue)
    a_booking(town, session)
    before = session.day
    later(session, dt.timedelta(days=1, hours=4), town)
    taken = set(VenueDay.objects.values_list("date", "part", "groups", "heads"))
    after = session.day
    assert taken == {(before, "am", 0, 0), (before, "day", 0, 0), (after, "pm", 1, 3), (after, "day", 1, 3)}


def test_pupils_who_are_elsewhere_then_refuse_the_new_time(town):
    session = a_session(town.venue)
    booking = a_booking(town, session)
    other = a_session(town.venue, starts_at=session.starts_at + 3 * HOUR)
    a_booking(town, other)
    assert plan([Wish(session, {"starts_at": other.starts_at, "ends_at": other.ends_at})]).has_busy
    with pytest.raises(Refused) as no:
        later(session, 3 * HOUR, town)
    assert no.value.code == "session.busy"
    assert booking.number in str(no.value)
    later(session, 3 * HOUR, town, places={booking.pk: None}, reason="设备检修")
    assert Booking.objects.get(pk=booking.pk).state == Booking.State.CANCELLED_BY_VENUE


def test_fewer_places_than_booked_need_a_word_about_who_goes_where(town):
    session = a_session(town.venue)
    a_booking(town, session)
    second = a_booking(town, session, town.class_b)
    with pytest.raises(Refused) as no:
        sessions.edit(session, by=actor(town.staff), capacity=3)
    assert (no.value.code, no.value.facts) == ("session.too_few", {"taken": 6, "missing": 3})
    other = a_session(town.venue, programme=session.programme, starts_at=session.starts_at + 5 * HOUR)
    sessions.edit(session, by=actor(town.staff), capacity=3, places={second.pk: other})
    second.refresh_from_db()
    other.refresh_from_db()
    assert (second.session, second.state, session.taken, other.taken) == (other, "confirmed", 3, 3)
    assert (row().booking, row().state, row().was_starts_at) == (second, "asked", session.starts_at)
    assert second.roll.values_list("starts_at", flat=True)[0] == other.starts_at


def test_a_group_is_sent_nowhere_else_than_to_its_host_and_where_it_fits(town):
    session, stranger = a_session(town.venue), a_session(a_town().venue)
    booking = a_booking(town, session)
    small = a_session(town.venue, capacity=2, starts_at=session.starts_at + 5 * HOUR)
    for to, code in ((stranger, "booking.other_host"), (small, "session.capacity")):
        with pytest.raises(Refused) as no:
            sessions.edit(session, by=actor(town.staff), capacity=1, places={booking.pk: to})
        assert no.value.code == code


def test_what_happens_is_what_was_previewed(town):
    session = a_session(town.venue)
    a_booking(town, session)
    read = plan([Wish(session, {"guide": "甲"})]).key
    a_booking(town, session, town.class_b)  # meanwhile
    with pytest.raises(Refused) as no:
        sessions.edit(session, by=actor(town.staff), guide="甲", agreed=read)
    assert no.value.code == "changed"
    read = plan([Wish(session, {"guide": "甲"})]).key
    change = sessions.edit(session, by=actor(town.staff), guide="甲", agreed=read)
    assert [f"{one.booking_id}:{one.weight}" for one in change.rows.order_by("booking")] == read


def test_one_act_on_many_sessions_tells_a_school_once(town):
    dates = [a_session(town.venue, starts_at=local(next_weekday(3) + dt.timedelta(weeks=n), 9)) for n in range(3)]
    for session in dates:
        a_booking(town, session)
    change = changes.make([Wish(session, {"guide": "甲"}) for session in dates], by=actor(town.staff))
    assert change.rows.count() == 3
    assert kinds() == sorted([("change.told", town.coordinator.user_id), ("change.told", town.teacher.user_id)])


def test_a_preview_asks_the_same_queries_for_one_session_and_for_three(town):
    def counted(found):
        with CaptureQueriesContext(connection) as queries:
            plan([Wish(session, {"starts_at": session.starts_at + HOUR}) for session in found])
        return len(queries)

    dates = [a_session(town.venue, starts_at=local(next_weekday(3) + dt.timedelta(weeks=n), 9)) for n in range(3)]
    for session in dates:
        a_booking(town, session)
    assert counted(dates) == counted(dates[:1])


@pytest.mark.notice("change.waiting")
def test_who_waits_for_a_session_hears_of_its_new_time(town):
    session = a_session(town.venue)
    a_waiting_group(session, town.school, town.teacher)
    later(session, 2 * HOUR, town)
    assert kinds() == [("change.waiting", town.coordinator.user_id)]


def test_a_hall_holds_its_heads_and_belongs_to_the_place(town):
    session = a_session(town.venue)
    small = Hall.objects.create(venue=town.venue, name="小教室", heads=20)
    foreign = Hall.objects.create(venue=a_town().venue, name="别处", heads=200)
    for hall, code in ((small, "session.hall_small"), (foreign, "session.hall_elsewhere")):
        with pytest.raises(Refused) as no:
            sessions.edit(session, by=actor(town.staff), hall=hall)
        assert no.value.code == code
    with pytest.raises(Refused) as no:
        sessions.create(a_programme(town.venue), by=actor(town.staff), starts_at=session.starts_at, hall=small)
    assert no.value.code == "session.hall_small"


def test_what_booked_places_count_in_stays(town):
    session = a_session(town.venue)
    a_booking(town, session)
    for fields in ({"unit": "groups"}, {"audience": "families"}, {"audience": "families", "channel": "公众号"}):
        with pytest.raises(Refused) as no:
            sessions.edit(session, by=actor(town.staff), **fields)
        assert no.value.code == "session.booked"


def test_schools_read_their_own_rows_of_a_change(town):
    other = a_town()
    session = a_session(town.venue)
    a_booking(town, session)
    change = later(session, 2 * HOUR, town)
    readers = (town.coordinator, town.teacher, town.staff, town.bureau, other.coordinator, other.staff, other.bureau)
    for model, pk in ((SessionChange, change.pk), (ChangedBooking, row().pk)):
        seen = [model.objects.visible_to(actor(hat)).filter(pk=pk).exists() for hat in readers]
        assert seen == [True, True, True, True, False, False, False]


def test_bookings_made_meanwhile_are_before_the_change_or_see_it(town):
    session = a_session(town.venue)
    a_booking(town, session, a_class(town.school, 2))
    stale = Session.objects.get(pk=session.pk)
    a_booking(town, session, town.class_b)
    with pytest.raises(Refused) as no:
        sessions.edit(stale, by=actor(town.staff), capacity=2)
    assert no.value.facts == {"taken": 5, "missing": 3}


@pytest.mark.guards("changedbooking_once")
@pytest.mark.guards("changedbooking_one_question")
@pytest.mark.guards("changedbooking_only_moved_is_asked")
@pytest.mark.guards("changedbooking_answer_dated")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("changedbooking_only_moved_is_asked", "weight = 'shifted'"),
        ("changedbooking_answer_dated", "state = 'accepted'"),
        ("changedbooking_answer_dated", "answered_at = now()"),
    ],
)
def test_the_database_refuses_what_no_answer_can_be(town, name, settings):
    session = a_session(town.venue)
    a_booking(town, session)
    change = later(session, 2 * HOUR, town)
    with refused_as(name):
        alter("activities_changedbooking", row().pk, settings)
    with refused_as("changedbooking_once"):
        copy("activities_changedbooking", row().pk, state="'told'")
    other = SessionChange.objects.create(provider=change.provider)
    with refused_as("changedbooking_one_question"):
        copy("activities_changedbooking", row().pk, change_id=str(other.pk))


@pytest.mark.guards("session_channel_for_families")
@pytest.mark.guards("session_visitors_signed")
def test_the_database_keeps_announcements_to_family_sessions(town):
    session = a_session(town.venue)
    with refused_as("session_channel_for_families"):
        alter("activities_session", session.pk, "channel = '公众号'")
    for settings in ("visitors = 3", "visitors_at = now()"):
        with refused_as("session_visitors_signed"):
            alter("activities_session", session.pk, settings)
