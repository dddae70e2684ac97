"""No-shows: recorded, disputed, decided, waived; what they cost and where that ends."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from activities import bookings, no_shows, rollcall
from activities.models import Hold, NoShow
from partnerships import calendar
from people.models import Notice
from people.roles import Role
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor, hat, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town, today = a_town(), portal_clock.today()
    calendar.fill(town.district, today, today + dt.timedelta(days=200))
    return town


def missed(town, clock, days: int = 0) -> NoShow:
    """A group that stayed away, recorded half an hour after the start."""
    day = a_session(town.venue)
    start = day.starts_at + dt.timedelta(days=days)
    session = a_session(town.venue, starts_at=start)
    booking = a_booking(town, session, town.class_a)
    clock.to(start + dt.timedelta(minutes=31))
    bookings.miss(booking, by=actor(town.staff))
    return NoShow.objects.get(booking=booking)


def ripe(clock, record: NoShow) -> None:
    """The morning after the last day for a dispute."""
    clock.to(portal_clock.moment(record.dispute_until + dt.timedelta(days=1), dt.time(9)))


def bureau(town):
    return actor(town.bureau)


@pytest.mark.notice("no_show.recorded")
def test_a_record_names_the_last_day_for_a_dispute_and_counts_only_after_it(town, clock):
    record = missed(town, clock)
    assert (record.state, record.school, record.host_id) == ("recorded", town.school, town.venue.pk)
    assert record.recorded_by == town.staff
    assert {notice.user for notice in Notice.objects.filter(kind="no_show.recorded")} == {
        town.teacher.user,
        town.coordinator.user,
    }
    assert (no_shows.due(), no_shows.sweep(), no_shows.counting(record)) == (0, 0, 0)
    ripe(clock, record)
    assert (no_shows.due(), no_shows.sweep(), no_shows.sweep(), no_shows.counting(record)) == (1, 1, 0, 1)
    assert not Hold.objects.exists()  # the first is a warning


@pytest.mark.notice("hold.made")
def test_the_second_one_in_120_days_holds_at_that_venue_only_and_ends_by_itself(town, clock):
    first = missed(town, clock)
    ripe(clock, first)
    no_shows.sweep()
    second = missed(town, clock)
    ripe(clock, second)
    no_shows.sweep()

    hold = Hold.objects.get()
    today = portal_clock.today()
    assert (hold.school, hold.venue, hold.starts_on) == (town.school, town.venue, today)
    assert hold.ends_on == today + dt.timedelta(days=30)
    with pytest.raises(Refused) as no:
        a_booking(town, a_session(town.venue), town.class_b)
    assert no.value.code == "venue.hold"
    other = a_town()
    assert a_booking(other, a_session(town.venue, programme=open_to_all(town)), other.class_a).state == "confirmed"
    clock.to(portal_clock.moment(hold.ends_on, dt.time(9)))
    assert a_booking(town, a_session(town.venue), town.class_b).state == "confirmed"


def open_to_all(town):
    programme = a_session(town.venue).programme
    programme.open_to_all = True
    programme.save()
    return programme


def test_records_far_apart_bring_no_hold(town, clock):
    first = missed(town, clock)
    ripe(clock, first)
    no_shows.sweep()
    clock.to(portal_clock.moment(first.day + dt.timedelta(days=110), dt.time(9)))
    later = missed(town, clock)
    ripe(clock, later)
    no_shows.sweep()
    assert (no_shows.counting(later), Hold.objects.count()) == (1, 0)


@pytest.mark.notice("no_show.disputed")
@pytest.mark.notice("no_show.taken_back")
def test_a_dispute_upheld_gives_the_booking_back_so_that_its_roll_can_be_called(town, clock):
    record = missed(town, clock)
    no_shows.dispute(record, by=actor(town.coordinator), reason="大巴晚到，10:20 入馆，讲解员周老师接待。")
    assert {notice.user for notice in Notice.objects.filter(kind="no_show.disputed")} == {
        town.staff.user,
        town.bureau.user,
    }
    no_shows.sweep()
    with pytest.raises(PermissionDenied):
        no_shows.uphold(record, by=actor(town.coordinator), answer="是")
    no_shows.uphold(record, by=bureau(town), answer="门禁记录属实。")
    booking = record.booking
    booking.refresh_from_db()
    assert (record.state, booking.state, booking.seats_held) == ("taken_back", "confirmed", 3)
    rollcall.complete(booking, marks=rollcall.everybody(booking), by=actor(town.teacher))
    booking.refresh_from_db()
    assert (booking.state, no_shows.counting(record)) == ("attended", 0)


@pytest.mark.notice("no_show.stands")
def test_a_dispute_dismissed_counts_at_once(town, clock):
    record = missed(town, clock)
    no_shows.dispute(record, by=actor(town.coordinator), reason="我们到了。")
    no_shows.dismiss(record, by=bureau(town), answer="门禁无记录。")
    assert (record.state, no_shows.counting(record)) == ("stands", 1)


def test_a_dispute_needs_words_and_comes_in_time(town, clock):
    record = missed(town, clock)
    with pytest.raises(Refused):
        no_shows.dispute(record, by=actor(town.coordinator), reason="  ")
    ripe(clock, record)
    with pytest.raises(Refused) as no:
        no_shows.dispute(record, by=actor(town.coordinator), reason="我们到了。")
    assert no.value.code == "no_show.too_late"


def test_the_host_takes_its_own_record_back_and_nobody_elses(town, clock):
    record = missed(town, clock)
    stranger = a_town()
    with pytest.raises(PermissionDenied):
        no_shows.take_back(record, by=actor(stranger.staff), answer="看错了。")
    no_shows.take_back(record, by=actor(town.staff), answer="看错了班级。")
    record.booking.refresh_from_db()
    assert (record.state, record.booking.state) == ("taken_back", "confirmed")


@pytest.mark.notice("no_show.waived")
@pytest.mark.notice("hold.lifted")
def test_waiving_one_of_two_lifts_the_hold_that_rested_on_them(town, clock):
    records = []
    for _n in range(2):
        records.append(missed(town, clock))
        ripe(clock, records[-1])
        no_shows.sweep()
    records[1].refresh_from_db()
    no_shows.waive(records[1], by=bureau(town), answer="当日暴雨，交通中断。")
    hold = Hold.objects.get()
    assert (hold.lifted_by, hold.lifted_why) == (town.bureau, "当日暴雨，交通中断。")
    assert a_booking(town, a_session(town.venue), town.class_b).state == "confirmed"


def test_a_hold_is_lifted_once_by_the_venue_or_the_bureau_with_a_reason(town, clock):
    for _n in range(2):
        ripe(clock, missed(town, clock))
        no_shows.sweep()
    hold = Hold.objects.get()
    with pytest.raises(PermissionDenied):
        no_shows.lift(hold, by=actor(town.coordinator), reason="请放行")
    with pytest.raises(Refused):
        no_shows.lift(hold, by=actor(town.staff), reason="")
    no_shows.lift(hold, by=actor(town.staff), reason="已沟通。")
    with pytest.raises(Refused) as no:
        no_shows.lift(hold, by=bureau(town), reason="已沟通。")
    assert no.value.code == "hold.over"


@pytest.mark.guards("noshow_once")
@pytest.mark.guards("noshow_dispute_signed")
def test_the_database_keeps_one_record_a_booking_and_no_unsigned_dispute(town, clock):
    record = missed(town, clock)
    for words in (
        (
            "INSERT INTO activities_noshow (booking_id, school_id, host_id, district_id, day, dispute_until, state,"
            " recorded_at, dispute, answer) SELECT booking_id, school_id, host_id, district_id, day, dispute_until,"
            " 'recorded', recorded_at, '', '' FROM activities_noshow"
        ),
        "UPDATE activities_noshow SET dispute = '我们到了'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
    assert NoShow.objects.get() == record


def test_each_side_answers_on_the_page_and_strangers_find_nothing(client, town, clock):
    record = missed(town, clock)
    address = f"/no-shows/{record.pk}/"
    assert login(client, hat(Role.COORDINATOR)).get(address).status_code == 404
    school = login(client, town.coordinator)
    assert "dispute" in school.get(address).context["moves"]
    school.post(address + "dispute/", {"reason": "我们到了。"})
    desk = login(client, town.bureau)
    assert desk.get(address).context["moves"] == {"uphold", "dismiss", "waive"}
    desk.post(address + "dismiss/", {"reason": "门禁无记录。"})
    record.refresh_from_db()
    assert (record.state, record.answer) == ("stands", "门禁无记录。")
    assert [row.pk for row in desk.get("/no-shows/").context["page"]] == [record.pk]
