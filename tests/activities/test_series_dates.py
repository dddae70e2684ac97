"""Single dates of a school's series, dropped or moved by the school."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities import after_school, bookings, days_off, requests, series_dates, sessions
from activities.models import Booking, RollEntry
from partnerships import schools
from people.models import Notice
from portal import books
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_programme, a_pupil, a_session, a_town, an_activity_group
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, login
from tests.factories.requests import a_bring_in, a_request, a_term, wanted
from tests.factories.rules import an_exemption, venue_rules

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def town():
    found = a_town()
    a_term(found)
    an_agreement(found.venue, [found.school])
    return found


@pytest.fixture
def club(town):
    return an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))


def dates(town, club, **fields):
    """The dates of a series that the venue has agreed to."""
    asked = a_request(town, club, weeks=3, **fields)
    asked = requests.accept(asked, asked.times.get(), by=actor(town.staff))
    return list(asked.series.sessions.order_by("starts_at"))


def shift(session, by, days=1):
    step = dt.timedelta(days=days)
    return series_dates.shift(session, by=actor(by), starts_at=session.starts_at + step, ends_at=session.ends_at + step)


def test_a_moved_date_takes_its_roll_along_and_asks_the_venue_again(town, club):
    first, second, _third = dates(town, club)
    Notice.objects.all().delete()
    when = first.starts_at + dt.timedelta(days=1)
    booking = shift(first, town.coordinator)
    first.refresh_from_db()
    assert (booking.session, booking.state, first.starts_at, first.taken) == (first, "requested", when, 1)
    assert set(RollEntry.objects.filter(booking=booking).values_list("starts_at", flat=True)) == {when}
    assert set(Notice.objects.filter(user=town.staff.user).values_list("kind", flat=True)) == {"booking.asked_again"}
    second.refresh_from_db()
    assert Booking.objects.get(session=second).state == "confirmed"


def test_a_venue_that_confirms_at_once_is_told_of_a_moved_date(town, club):
    (first, *_rest) = dates(town, club, programme=a_bring_in(town, confirmation="auto"))
    assert shift(first, town.coordinator).state == "confirmed"
    assert Notice.objects.filter(user=town.staff.user, kind="booking.rescheduled").count() == 1


def test_the_roll_of_a_moved_date_is_who_belongs_on_the_new_day(town, club):
    (first, *_rest) = dates(town, club)
    new = a_pupil(town.class_a)
    schools.add_members(club, by=actor(town.coordinator), students=[new], starts_on=first.day + dt.timedelta(days=2))
    shift(first, town.coordinator, days=3)
    assert Booking.objects.get(session=first).pupils == 3


def test_a_date_does_not_move_onto_another_plan_of_its_pupils(town, club):
    first, second, _third = dates(town, club)
    with pytest.raises(bookings.NotEligible) as no:
        shift(first, town.coordinator, days=7)
    assert "school.pupils_busy" in {rule.code for rule in no.value.verdict.blocking}
    first.refresh_from_db()
    assert first.starts_at == second.starts_at - dt.timedelta(days=7)


def test_a_dropped_date_ends_alone_and_the_venue_is_told(town, club):
    first, second, _third = dates(town, club)
    with pytest.raises(Refused) as no:
        series_dates.drop(first, by=actor(town.coordinator), reason="")
    assert no.value.code == "reason_needed"
    series_dates.drop(first, by=actor(town.coordinator), reason="运动会")
    first.refresh_from_db()
    assert (first.state, first.reason, first.taken) == ("cancelled", "运动会", 0)
    assert list(Booking.objects.order_by("session").values_list("state", flat=True)) == [
        "cancelled", "confirmed", "confirmed",
    ]  # fmt: skip
    assert Notice.objects.filter(user=town.staff.user, kind="booking.cancelled").count() == 1
    with pytest.raises(Refused) as no:
        shift(first, town.coordinator)
    assert no.value.code == "series.over"
    second.refresh_from_db()
    assert second.state == "open"


def test_an_extra_date_is_asked_of_the_venue_for_the_same_group_and_only_once(town, club):
    _first, _second, third = dates(town, club)
    Notice.objects.all().delete()
    when = {"starts_at": third.starts_at + dt.timedelta(days=9), "ends_at": third.ends_at + dt.timedelta(days=9)}
    booking = series_dates.add(third.series, by=actor(town.coordinator), **when)
    session = booking.session
    assert (booking.state, booking.pupils, booking.leader) == ("requested", 2, town.teacher)
    assert (session.series, session.place_id, session.school) == (third.series, town.school.pk, town.school)
    assert list(Notice.objects.values_list("kind", "user")) == [("booking.requested", town.staff.user_id)]
    assert series_dates.add(third.series, by=actor(town.coordinator), **when) == booking
    session.series.refresh_from_db()
    assert session.series.last_day == session.day
    with pytest.raises(PermissionDenied):
        series_dates.add(third.series, by=actor(town.staff), **when)


def test_a_dropped_date_can_be_added_again(town, club):
    first, *_rest = dates(town, club)
    series_dates.drop(first, by=actor(town.coordinator), reason="运动会")
    by = actor(town.coordinator)
    booking = series_dates.add(first.series, by=by, starts_at=first.starts_at, ends_at=first.ends_at)
    assert (booking.state, booking.session.starts_at) == ("requested", first.starts_at)
    assert booking.session != first


def test_what_own_teachers_gave_in_the_running_term_is_added_afterwards(town, club):
    first, *_rest = dates(town, club)
    own = a_programme(town.school, direction="bring_in", minutes=50)
    rule = {"weekdays": [2], "starts_on": first.day, "ends_on": first.day + dt.timedelta(days=1)}
    series = after_school.request(
        town.school, own, by=actor(town.coordinator), members=club, starts=dt.time(18), ends=dt.time(19),
        leader=town.teacher, adults=1, request_key=uuid.uuid4(), **rule,
    )  # fmt: skip
    past = first.starts_at - dt.timedelta(weeks=3)
    booking = series_dates.add(series, by=actor(town.coordinator), starts_at=past, ends_at=past + HOUR)
    assert (booking.state, booking.session.is_over) == ("confirmed", True)
    series.refresh_from_db()
    assert series.starts_on == booking.session.day
    for far in (past - dt.timedelta(weeks=20), past + dt.timedelta(days=500)):
        with pytest.raises(Refused) as no:
            series_dates.add(series, by=actor(town.coordinator), starts_at=far, ends_at=far + HOUR)
        assert no.value.code == "session.past"


def test_an_extra_date_breaks_no_rule_and_leaves_nothing_behind(town, club):
    first, *_rest = dates(town, club)
    half = {"starts_at": first.starts_at + HOUR / 2, "ends_at": first.ends_at + HOUR / 2}
    with pytest.raises(Refused) as no:
        series_dates.add(first.series, by=actor(town.coordinator), **half)
    assert no.value.code == "school.pupils_busy"
    assert first.series.sessions.count() == 3


@pytest.mark.notice("series.ended")
def test_a_series_ends_early_with_one_notice(town, club, clock):
    first, _second, third = dates(town, club)
    clock.to(first.ends_at)
    Notice.objects.all().delete()
    with pytest.raises(PermissionDenied):
        series_dates.end(first.series, by=actor(town.staff), reason="x")
    assert series_dates.end(first.series, by=actor(town.coordinator), reason="社团并入航模队") == 2
    assert list(Booking.objects.order_by("session__starts_at").values_list("state", flat=True)) == [
        "confirmed", "cancelled", "cancelled",
    ]  # fmt: skip
    third.refresh_from_db()
    assert (third.state, third.taken) == ("cancelled", 0)
    told = Notice.objects.filter(user=town.staff.user)
    assert [(notice.kind, notice.facts["dates"]) for notice in told] == [("series.ended", 2)]
    with pytest.raises(Refused) as no:
        series_dates.end(first.series, by=actor(town.coordinator), reason="x")
    assert no.value.code == "series.over"


def test_only_the_school_drops_and_moves_its_dates(town, club):
    (first, *_rest) = dates(town, club)
    for stranger in (town.staff, town.teacher, a_town().coordinator):
        with pytest.raises(PermissionDenied):
            series_dates.drop(first, by=actor(stranger), reason="x")


def test_a_visit_is_no_date_of_a_series(town):
    session = a_session(town.school, programme=a_programme(town.school), starts_at=wanted().starts_at)
    a_booking(town, session)
    with pytest.raises(Refused) as no:
        series_dates.drop(session, by=actor(town.coordinator), reason="x")
    assert no.value.code == "series.date"


def test_the_page_of_a_date_moves_and_drops_it(town, club, client):
    first, second, third = dates(town, club)
    signed_in = login(client, town.coordinator)
    url = reverse("activities:series-date", args=[first.series_id, first.pk])
    assert url in signed_in.get(reverse("activities:series-page", args=[first.series_id])).content.decode()
    assert signed_in.get(url).status_code == 200
    extra = reverse("activities:series-add", args=[first.series_id])
    assert signed_in.get(extra).status_code == 200
    sent = {"day": (third.day + dt.timedelta(days=8)).isoformat(), "starts": "14:00", "ends": "14:50"}
    assert signed_in.post(extra, sent | {"day": third.day.isoformat()}).status_code == 302  # it is there already
    assert signed_in.post(extra, sent).status_code == 302
    assert first.series.sessions.count() == 4
    day = (first.day + dt.timedelta(days=1)).isoformat()
    assert signed_in.post(url, {"day": day, "starts": "15:00", "ends": "15:50"}).status_code == 302
    first.refresh_from_db()
    assert first.day.isoformat() == day
    busy = {"day": third.day.isoformat(), "starts": "14:00", "ends": "14:50"}
    answer = signed_in.post(reverse("activities:series-date", args=[second.series_id, second.pk]), busy)
    assert (answer.status_code, bool(answer.context["verdict"].blocking)) == (200, True)
    drop = reverse("activities:series-drop", args=[second.series_id, second.pk])
    assert signed_in.post(drop, {"reason": "运动会"}).status_code == 302
    second.refresh_from_db()
    assert second.state == "cancelled"
    other = reverse("activities:series-date", args=[first.series_id, a_session(town.venue).pk])
    assert signed_in.get(other).status_code == 404
    assert login(client, a_town().coordinator).get(url).status_code == 404
    signed_in = login(client, town.coordinator)
    assert signed_in.post(reverse("activities:series-end", args=[first.series_id]), {"reason": "x"}).status_code == 302
    third.refresh_from_db()
    assert third.state == "cancelled"


def test_a_postponed_date_comes_back_at_another_time_with_its_roll(town, club):
    first, *_rest = dates(town, club, programme=a_bring_in(town, confirmation="auto"))
    booking = Booking.objects.get(session=first)
    pupils = booking.pupils
    days_off.declare(
        town.bureau.organisation, by=actor(town.bureau), date=first.day, part="day", kind="weather", postpones=True
    )
    booking.refresh_from_db()
    first.refresh_from_db()
    assert (booking.state, booking.seats_held, first.state, first.taken) == ("postponed", 0, "postponed", 0)
    moved = shift(first, town.coordinator, days=1)
    first.refresh_from_db()
    assert (moved.pk, moved.state, moved.seats_held) == (booking.pk, "confirmed", 1)
    assert (first.state, first.taken, RollEntry.objects.filter(booking=booking, is_live=True).count()) == (
        "open",
        1,
        pupils,
    )
    assert list(books.problems()) == []


def test_a_postponed_date_can_be_dropped(town, club):
    first, *_rest = dates(town, club)
    days_off.declare(
        town.bureau.organisation, by=actor(town.bureau), date=first.day, part="day", kind="weather", postpones=True
    )
    series_dates.drop(first, by=actor(town.coordinator), reason="不补课")
    first.refresh_from_db()
    assert (first.state, Booking.objects.get(session=first).state) == ("cancelled", "cancelled_no_fault")


def test_a_date_that_its_own_school_postponed_can_be_dropped(town, club):
    """The venue's session stays as it was then: with its last group it ends all the same."""
    first, *_rest = dates(town, club)
    days_off.declare(
        town.school.organisation, by=actor(town.coordinator), date=first.day, part="day", kind="other", postpones=True
    )
    first.refresh_from_db()
    assert (first.state, Booking.objects.get(session=first).state) == ("open", "postponed")
    series_dates.drop(first, by=actor(town.coordinator), reason="不补课")
    first.refresh_from_db()
    assert (first.state, Booking.objects.get(session=first).state) == ("cancelled", "cancelled_no_fault")


def test_an_ended_series_leaves_no_group_waiting_for_a_date(town, club, clock):
    """Neither one whose old time is still to come, nor one whose is over."""
    first, second, _third = dates(town, club)
    for one in (first, second):
        days_off.declare(
            town.bureau.organisation, by=actor(town.bureau), date=one.day, part="day", kind="weather", postpones=True
        )
    clock.to(first.ends_at + HOUR)
    assert series_dates.end(first.series, by=actor(town.coordinator), reason="教师调动") == 3
    assert set(first.series.sessions.values_list("state", flat=True)) == {"cancelled"}
    assert sorted(Booking.objects.values_list("state", flat=True)) == [
        "cancelled", "cancelled_no_fault", "cancelled_no_fault"
    ]  # fmt: skip
    assert list(books.problems()) == []


def test_a_venue_that_takes_a_postponed_date_back_lets_its_group_go(town, club):
    first, *_rest = dates(town, club)
    days_off.declare(
        town.venue.organisation, by=actor(town.staff), date=first.day, part="day", kind="weather", postpones=True
    )
    first.refresh_from_db()
    sessions.cancel(first, by=actor(town.staff), reason="设备报废")
    booking = Booking.objects.get(session=first)
    assert (booking.state, booking.seeks_date) == ("cancelled_no_fault", False)
    told = Notice.objects.filter(kind="booking.cancelled_no_fault", user=town.coordinator.user)
    assert [one.facts["reason"] for one in told] == ["设备报废"]


def test_a_date_that_moves_by_an_exception_uses_it_up(town, club, clock):
    """Granted for one booking: the second date that would need it stays where it is."""
    venue_rules(town.venue, lead_days=7)
    first, second, _third = dates(town, club, programme=a_bring_in(town, confirmation="auto"))
    until = second.day + dt.timedelta(days=5)
    an_exemption(first, town.school, "venue.lead_days", granted=town.staff, ends_on=until)
    clock.to(first.starts_at - dt.timedelta(days=3))
    shift(first, town.coordinator)
    booking = Booking.objects.get(session=first)
    assert booking.exemption_uses.count() == 1
    clock.to(second.starts_at - dt.timedelta(days=3))
    with pytest.raises(Refused) as no:
        shift(second, town.coordinator)
    assert no.value.code == "venue.lead_days"
