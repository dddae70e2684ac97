"""Programmes, sessions and weekly series."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from activities import programmes, sessions
from activities.models import Booking, Programme, Series, Session
from partnerships.models import CalendarDay, Hall, Venue
from people.actors import SYSTEM
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


def repeat(town, programme=None, **fields):
    first = next_weekday(2)
    return sessions.repeat(
        programme or a_programme(town.venue),
        **{
            "by": actor(town.staff),
            "weekdays": [2],
            "starts_on": first,
            "ends_on": first + dt.timedelta(days=22),
            "starts": dt.time(9, 30),
            "ends": dt.time(11, 0),
            "request_key": uuid.uuid4(),
        }
        | fields,
    )


def days(series):
    return [session.day for session in series.sessions.order_by("starts_at")]


def day_of(town, date, **fields):
    CalendarDay.objects.create(
        district=town.district,
        date=date,
        source="official",
        **{"is_workday": True, "is_teaching": True} | fields,
    )


def test_a_programme_is_written_published_and_retired(town):
    fields = {
        "name_zh": "植物观察",
        "form": "experiment",
        "direction": "go_out",
        "grades": [5],
        "minutes": 90,
        "capacity": 40,
    }
    programme = programmes.create(town.venue.organisation, by=actor(town.staff), **fields)
    assert programme.state == Programme.State.DRAFT
    programmes.publish(programme, by=actor(town.staff))
    programmes.edit(programme, by=actor(town.staff), capacity=50)
    programmes.retire(programme, by=actor(town.staff))
    programme.refresh_from_db()
    assert (programme.state, programme.capacity) == (Programme.State.RETIRED, 50)


def test_a_programme_without_grades_is_not_published(town):
    programme = a_programme(town.venue, state="draft", grades=[])
    with pytest.raises(Refused) as no:
        programmes.publish(programme, by=actor(town.staff))
    assert no.value.code == "programme.grades"


def test_nobody_writes_programmes_for_another_provider(town):
    other = a_town()
    programme = a_programme(town.venue)
    for stranger in (other.staff, town.coordinator, town.bureau):
        with pytest.raises(PermissionDenied):
            programmes.edit(programme, by=actor(stranger), capacity=1)
        with pytest.raises(PermissionDenied):
            programmes.create(town.venue.organisation, by=actor(stranger), name_zh="x")


def test_a_session_takes_what_is_not_said_from_its_programme(town):
    programme = a_programme(town.venue, price_kind="discounted", list_price=30, paid_price=10, minutes=90)
    starts_at = local(next_weekday(3), 9)
    session = sessions.create(programme, by=actor(town.staff), starts_at=starts_at, held_back=5)
    assert (session.ends_at - starts_at, session.capacity, session.paid_price) == (dt.timedelta(minutes=90), 30, 10)
    assert session.held_until == session.day - dt.timedelta(days=14)
    assert session.state == Session.State.DRAFT
    sessions.open_session(session, by=actor(town.staff))
    assert session.state == Session.State.OPEN


def test_a_session_is_refused_in_the_past_and_of_an_unpublished_programme(town, clock):
    with pytest.raises(Refused) as no:
        sessions.create(a_programme(town.venue), by=actor(town.staff), starts_at=clock.now() - dt.timedelta(hours=1))
    assert no.value.code == "session.past"
    draft = a_session(town.venue, programme=a_programme(town.venue, state="draft"), state="draft")
    with pytest.raises(Refused) as no:
        sessions.open_session(draft, by=actor(town.staff))
    assert no.value.code == "session.unpublished"


def test_two_sessions_in_one_hall_are_refused_with_a_sentence(town):
    hall = Hall.objects.create(venue=town.venue, name="一号厅", heads=60)
    first = a_session(town.venue, hall=hall)
    second = a_session(town.venue, hall=hall, state="draft", starts_at=first.starts_at + dt.timedelta(minutes=30))
    with pytest.raises(Refused) as no:
        sessions.open_session(second, by=actor(town.staff))
    assert no.value.code == "session_hall_free"


def test_a_booked_session_keeps_as_many_places_as_are_taken(town):
    session = a_session(town.venue)
    a_booking(town, session)
    with pytest.raises(Refused) as no:
        sessions.edit(session, by=actor(town.staff), capacity=2)
    assert no.value.code == "session.too_few"
    sessions.edit(session, by=actor(town.staff), capacity=40, starts_at=session.starts_at)
    assert session.capacity == 40


def test_cancelling_a_session_ends_its_bookings_with_the_reason(town):
    session = a_session(town.venue)
    a_booking(town, session, town.class_a)
    a_booking(town, session, town.class_b)
    assert sessions.cancel(session, by=actor(town.staff), reason="设备检修") == 2
    assert set(Booking.objects.values_list("state", "reason")) == {("cancelled_by_venue", "设备检修")}
    session.refresh_from_db()
    assert (session.state, session.taken) == ("cancelled", 0)


def test_a_postponed_session_is_opened_again_at_a_new_time(town):
    session = a_session(town.venue)
    sessions.postpone(session, by=actor(town.staff), reason="设备未到")
    assert (session.state, session.reason) == ("postponed", "设备未到")
    sessions.edit(
        session,
        by=actor(town.staff),
        starts_at=session.starts_at + dt.timedelta(days=7),
        ends_at=session.ends_at + dt.timedelta(days=7),
    )
    sessions.open_session(session, by=actor(town.staff))
    assert (session.state, session.reason) == ("open", "")


def test_a_booked_session_is_not_postponed(town):
    session = a_session(town.venue)
    a_booking(town, session)
    with pytest.raises(Refused) as no:
        sessions.postpone(session, by=actor(town.staff), reason="设备未到")
    assert no.value.code == "session.booked"


def test_cancelling_a_session_says_why(town):
    with pytest.raises(Refused) as no:
        sessions.cancel(a_session(town.venue), by=actor(town.staff), reason=" ")
    assert no.value.code == "reason_needed"


def test_a_weekly_series_without_a_calendar_holds_every_week(town):
    series = repeat(town)
    assert series.rule == "FREQ=WEEKLY;BYDAY=TU"
    assert days(series) == [next_weekday(2) + dt.timedelta(weeks=n) for n in range(4)]
    assert set(series.sessions.values_list("state", "capacity")) == {("open", 30)}


def test_a_weekly_series_skips_holidays_and_honours_make_up_days(town):
    first = next_weekday(2)
    for n in range(23):
        date = first + dt.timedelta(days=n)
        is_taught = date.isoweekday() < 6 and n != 7
        day_of(town, date, is_workday=is_taught, is_teaching=is_taught)
    saturday = first + dt.timedelta(days=11)
    CalendarDay.objects.filter(date=saturday).update(is_workday=True, is_teaching=True, follows_weekday=2)
    expected = [first, saturday, first + dt.timedelta(days=14), first + dt.timedelta(days=21)]
    assert days(repeat(town)) == expected


def test_a_weekly_series_for_families_keeps_its_weekends(town):
    first = next_weekday(6)
    day_of(town, first, is_workday=False, is_teaching=False)
    series = repeat(town, weekdays=[6], starts_on=first, ends_on=first + dt.timedelta(days=8), audience="families")
    assert days(series) == [first, first + dt.timedelta(days=7)]


def test_a_weekly_series_skips_closing_days(town):
    Venue.objects.filter(pk=town.venue.pk).update(closing_weekdays=[2])
    with pytest.raises(Refused) as no:
        repeat(town)
    assert no.value.code == "series.empty"


def test_single_dates_are_dropped(town):
    first = next_weekday(2)
    series = repeat(town, drop=[first + dt.timedelta(weeks=1)])
    assert days(series) == [first + dt.timedelta(weeks=n) for n in (0, 2, 3)]


def test_the_same_request_makes_one_series(town):
    programme, key = a_programme(town.venue), uuid.uuid4()
    assert repeat(town, programme, request_key=key) == repeat(town, programme, request_key=key)
    assert (Series.objects.count(), Session.objects.count()) == (1, 4)


def test_a_series_is_all_or_nothing(town):
    hall = Hall.objects.create(venue=town.venue, name="一号厅", heads=60)
    a_session(town.venue, hall=hall, starts_at=local(next_weekday(2) + dt.timedelta(weeks=2), 10))
    with pytest.raises(Refused) as no:
        repeat(town, hall=hall)
    assert no.value.code == "session_hall_free"
    assert (Series.objects.count(), Session.objects.count()) == (0, 1)


@pytest.mark.parametrize("length", [0, -5, 500])
def test_a_series_has_a_plausible_length(town, length):
    first = next_weekday(2)
    with pytest.raises(Refused) as no:
        repeat(town, starts_on=first, ends_on=first + dt.timedelta(days=length))
    assert no.value.code == "series.range"


def test_the_system_may_write_a_session_of_the_past(town, clock):
    session = sessions.create(a_programme(town.venue), by=SYSTEM, starts_at=clock.now() - dt.timedelta(days=20))
    assert session.phase == "draft"


def test_a_session_that_can_not_open_is_not_made(town):
    hall = Hall.objects.create(venue=Venue.objects.get(), name="序厅", heads=60)
    programme, when = a_programme(town.venue), local(next_weekday(2), 9)
    sessions.create_open(programme, by=actor(town.staff), starts_at=when, hall=hall)
    with pytest.raises(Refused):
        sessions.create_open(programme, by=actor(town.staff), starts_at=when, hall=hall)
    assert list(Session.objects.values_list("state", flat=True)) == ["open"]


def test_places_that_an_edit_holds_back_are_held_until_a_day(town):
    session = a_session(town.venue)
    sessions.edit(session, by=actor(town.staff), held_back=10)
    assert session.held_until == session.day - dt.timedelta(days=14)
    sessions.edit(session, by=actor(town.staff), held_back=0)
    assert session.held_until is None
