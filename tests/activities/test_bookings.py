"""Asking for places, the venue's answer, and how bookings end."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from activities import bookings, groups, head_counts, rescheduling, sessions
from activities.models import Booking, RollEntry, Session
from partnerships import calendar
from partnerships.models import BookingRules
from people.models import AuditEvent, Notice
from people.roles import Role
from portal import books
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.activities import (
    a_booking,
    a_class,
    a_group,
    a_programme,
    a_pupil,
    a_school,
    a_session,
    a_town,
    an_activity_group,
)
from tests.factories.people import actor, hat

pytestmark = pytest.mark.django_db
State = Booking.State


def test_request_puts_every_enrolled_pupil_on_the_roll_and_takes_their_places():
    town = a_town(pupils=3)
    session = a_session(town.venue)

    booking = a_booking(town, session, town.class_a, town.class_b)

    assert (booking.state, booking.pupils, booking.seats_held, booking.by_roster) == (State.CONFIRMED, 6, 6, True)
    assert RollEntry.objects.filter(booking=booking, is_live=True, starts_at=session.starts_at).count() == 6
    session.refresh_from_db()
    assert session.taken == 6
    assert booking.grades == "5"
    assert AuditEvent.objects.filter(verb="booking.request", subject_id=str(booking.pk)).count() == 1


def test_request_counts_a_class_without_names_as_heads():
    town = a_town()
    session = a_session(town.venue)
    unnamed = a_class(town.school, number=7)
    group = groups.of_classes(town.school, [town.class_a, unnamed], on=session.day, adults=3, heads={unnamed.pk: 20})

    booking = a_booking(town, session, group=group)

    assert (booking.pupils, booking.by_roster) == (23, False)
    assert sorted(booking.classes.values_list("school_class_id", "heads")) == sorted(
        [(town.class_a.pk, 0), (unnamed.pk, 20)]
    )
    assert booking.roll.count() == 3


def test_request_without_names_and_without_a_count_is_refused():
    town = a_town()
    unnamed = a_class(town.school, number=7)
    with pytest.raises(Refused) as no:
        groups.of_classes(town.school, [unnamed], on=dt.date(2026, 12, 2), adults=1)
    assert no.value.code == "group.heads"


def test_request_for_an_activity_group_takes_its_members_of_that_day():
    town = a_town()
    pupils = [a_pupil(town.class_a), a_pupil(town.class_b)]
    club = an_activity_group(town.school, *pupils)
    session = a_session(town.venue)

    booking = a_booking(town, session, group=groups.of_activity_group(club, on=session.day, adults=1))

    assert (booking.by, booking.group, booking.pupils) == ("group", club, 2)
    assert {entry.student_id for entry in booking.roll.all()} == {pupil.pk for pupil in pupils}


def test_request_sent_twice_is_one_booking():
    town, key = a_town(), uuid.uuid4()
    session = a_session(town.venue)

    first = a_booking(town, session, request_key=key)
    second = a_booking(town, session, request_key=key)

    assert first.pk == second.pk
    session.refresh_from_db()
    assert session.taken == 3


@pytest.mark.notice("booking.requested")
def test_request_waits_where_the_venue_confirms_by_hand_and_tells_its_staff():
    town = a_town()
    session = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual"))

    booking = a_booking(town, session)

    assert (booking.state, booking.confirmed_at) == (State.REQUESTED, None)
    assert list(Notice.objects.values_list("kind", "user")) == [("booking.requested", town.staff.user_id)]


def test_request_is_refused_with_every_broken_rule_at_once():
    town = a_town(pupils=3)
    session = a_session(town.venue, capacity=2, programme=a_programme(town.venue, grades=[7, 8]))

    with pytest.raises(bookings.NotEligible) as no:
        a_booking(town, session, group=a_group(town, session, adults=0))

    assert [rule.code for rule in no.value.verdict.blocking] == [
        "session.capacity",
        "programme.grades",
        "district.adult_ratio",
    ]
    assert not Booking.objects.exists()


def test_request_is_refused_for_a_leader_of_another_school():
    town = a_town()
    stranger = hat(Role.TEACHER, at=a_school(town.district).organisation)
    with pytest.raises(Refused) as no:
        a_booking(town, a_session(town.venue), leader=stranger)
    assert no.value.code == "booking.leader"


def test_request_needs_the_permission_of_this_school():
    town = a_town()
    session = a_session(town.venue)
    stranger = hat(Role.COORDINATOR, at=a_school(town.district).organisation)
    for outsider in (stranger, town.teacher, town.staff, town.bureau):
        with pytest.raises(PermissionDenied):
            a_booking(town, session, by=actor(outsider))
    assert not Booking.objects.exists()


def test_a_pupil_in_two_places_is_refused_by_the_constraint_with_its_sentence(monkeypatch):
    town = a_town()
    session = a_session(town.venue)
    a_booking(town, session, town.class_a)
    club = an_activity_group(town.school, town.class_a.enrolments.first().student)
    other = a_session(town.venue)
    monkeypatch.setattr("activities.eligibility.COMMON", ())  # as if both had been judged at the same moment

    with pytest.raises(Refused) as no:
        a_booking(town, other, group=groups.of_activity_group(club, on=other.day, adults=1))

    assert no.value.code == "rollentry_one_place"
    with override("en"):
        assert str(no.value) == "A pupil of this group is already somewhere else at that time."
    assert Booking.objects.count() == 1


def test_a_class_in_two_places_is_refused_by_the_constraint(monkeypatch):
    town = a_town()
    unnamed = a_class(town.school, number=7)
    first, second = a_session(town.venue), a_session(town.venue)

    def heads(session):
        return groups.of_classes(town.school, [unnamed], on=session.day, adults=2, heads={unnamed.pk: 20})

    a_booking(town, first, group=heads(first))
    monkeypatch.setattr("activities.eligibility.COMMON", ())
    with pytest.raises(Refused) as no:
        a_booking(town, second, group=heads(second))
    assert no.value.code == "bookingclass_one_place"


@pytest.mark.notice("booking.confirmed")
def test_confirm_tells_the_school():
    town = a_town()
    booking = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, confirmation="manual")))
    bookings.confirm(booking, by=actor(town.staff))
    booking.refresh_from_db()
    assert booking.state == State.CONFIRMED
    assert booking.confirmed_at is not None
    told = Notice.objects.filter(kind="booking.confirmed").values_list("user", flat=True)
    assert set(told) == {town.coordinator.user_id, town.teacher.user_id}


def test_confirm_twice_says_that_it_has_changed():
    town = a_town()
    booking = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, confirmation="manual")))
    stale = Booking.objects.get(pk=booking.pk)
    bookings.confirm(booking, by=actor(town.staff))
    with pytest.raises(Refused) as no:
        bookings.confirm(stale, by=actor(town.staff))
    assert no.value.code == "changed"


def test_a_booking_that_was_read_before_its_group_became_smaller_gives_back_what_it_holds_now():
    town = a_town()
    session = a_session(town.venue)
    a_booking(town, session, town.class_b)
    stale = Booking.objects.with_names().get(pk=a_booking(town, session).pk)
    away = stale.roll.first().enrolment_id
    head_counts.change(stale, head_counts.coming(stale, stay=[away]), by=actor(town.coordinator))
    bookings.cancel(stale, by=actor(town.coordinator))
    session.refresh_from_db()
    assert session.taken == 3
    assert list(books.problems()) == []


def test_a_booking_that_was_read_before_it_moved_is_not_cancelled_unseen():
    town = a_town()
    old, new = a_session(town.venue), a_session(town.venue)
    stale = Booking.objects.with_names().get(pk=a_booking(town, old).pk)
    rescheduling.reschedule(stale, to=new, by=actor(town.coordinator))
    with pytest.raises(Refused) as no:
        bookings.cancel(stale, by=actor(town.coordinator))
    assert no.value.code == "changed"
    assert [session.taken for session in Session.objects.order_by("pk")] == [0, 3]


@pytest.mark.notice("booking.declined")
@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_a_request_that_ends_frees_places_and_pupils(end):
    town = a_town()
    session = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual"))
    booking = a_booking(town, session)
    by = {"decline": town.staff, "withdraw": town.coordinator}[end]

    getattr(bookings, end)(booking, by=actor(by), reason="展厅检修")

    booking.refresh_from_db()
    session.refresh_from_db()
    assert booking.state == {"decline": State.DECLINED, "withdraw": State.WITHDRAWN}[end]
    assert (booking.seats_held, session.taken) == (0, 0)
    assert not booking.roll.live().exists()
    again = a_booking(town, a_session(town.venue))
    assert again.state == State.CONFIRMED
    told = {"decline": 2, "withdraw": 0}[end]
    assert Notice.objects.filter(kind="booking.declined").count() == told


def test_decline_says_why():
    town = a_town()
    booking = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, confirmation="manual")))
    with pytest.raises(Refused) as no:
        bookings.decline(booking, by=actor(town.staff), reason="  ")
    assert no.value.code == "reason_needed"


@pytest.mark.notice("booking.cancelled")
@pytest.mark.parametrize(("hours", "state"), [(25, State.CANCELLED), (23, State.CANCELLED_LATE)])
def test_cancel_is_late_within_the_venues_window(clock, hours, state):
    town = a_town()
    session = a_session(town.venue)
    booking = a_booking(town, session)
    clock.to(session.starts_at - dt.timedelta(hours=hours))

    bookings.cancel(booking, by=actor(town.coordinator), reason="课程调整")

    booking.refresh_from_db()
    session.refresh_from_db()
    assert (booking.state, booking.reason, session.taken) == (state, "课程调整", 0)
    assert Notice.objects.get(kind="booking.cancelled").user == town.staff.user


def test_a_venue_that_grows_stricter_does_not_make_earlier_bookings_late(clock):
    town = a_town()
    session = a_session(town.venue)
    booking = a_booking(town, session)
    BookingRules.objects.create(venue=town.venue, starts_on=clock.today() + dt.timedelta(days=1), free_cancel_hours=72)
    clock.forward(days=2)
    assert bookings.free_until(booking) == session.starts_at - dt.timedelta(hours=24)


def test_cancel_is_refused_after_the_start(clock):
    town = a_town()
    session = a_session(town.venue)
    booking = a_booking(town, session)
    clock.to(session.starts_at)
    with pytest.raises(Refused) as no:
        bookings.cancel(booking, by=actor(town.coordinator))
    assert no.value.code == "booking.begun"


@pytest.mark.notice("booking.cancelled_by_venue")
def test_the_venue_cancels_with_a_reason_and_the_school_is_told():
    town = a_town()
    booking = a_booking(town, a_session(town.venue))
    bookings.cancel_by_venue(booking, by=actor(town.staff), reason="设备故障")
    booking.refresh_from_db()
    assert booking.state == State.CANCELLED_BY_VENUE
    assert Notice.objects.filter(kind="booking.cancelled_by_venue").count() == 2


@pytest.mark.notice("booking.cancelled_no_fault")
def test_the_bureau_cancels_without_a_mark():
    town = a_town()
    booking = a_booking(town, a_session(town.venue))
    bookings.cancel_no_fault(booking, by=actor(town.bureau), reason="暴雨红色预警")
    booking.refresh_from_db()
    assert (booking.state, booking.seats_held) == (State.CANCELLED_NO_FAULT, 0)
    assert Notice.objects.filter(kind="booking.cancelled_no_fault").count() == 3


def test_what_is_over_is_neither_confirmed_nor_cancelled_by_the_venue(clock):
    town = a_town()
    session = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual"))
    booking, other = a_booking(town, session, town.class_a), a_booking(town, session, town.class_b)
    bookings.confirm(other, by=actor(town.staff))
    clock.to(session.ends_at)
    for act in (
        lambda: bookings.confirm(booking, by=actor(town.staff)),
        lambda: bookings.cancel_by_venue(other, by=actor(town.staff), reason="设备故障"),
        lambda: sessions.cancel(session, by=actor(town.staff), reason="设备故障"),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "session.over"
    bookings.decline(booking, by=actor(town.staff), reason="未及时答复")
    bookings.cancel_no_fault(other, by=actor(town.bureau), reason="暴雨红色预警")
    assert set(Booking.objects.values_list("state", flat=True)) == {"declined", "cancelled_no_fault"}


def test_a_group_that_is_there_is_cancelled_by_nobody(clock):
    town = a_town()
    session = a_session(town.venue)
    booking = a_booking(town, session)
    clock.to(session.starts_at)
    bookings.receive(booking, by=actor(town.staff), heads=3)
    for act in (
        lambda: bookings.cancel_by_venue(booking, by=actor(town.staff), reason="设备故障"),
        lambda: bookings.cancel_no_fault(booking, by=actor(town.bureau), reason="暴雨红色预警"),
        lambda: sessions.cancel(session, by=actor(town.staff), reason="设备故障"),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "booking.was_there"
    session.refresh_from_db()
    assert (session.state, session.taken) == ("open", booking.seats_held)


def test_receive_counts_heads_once_on_the_day(clock):
    town = a_town()
    session = a_session(town.venue)
    booking = a_booking(town, session)
    with pytest.raises(Refused) as no:
        bookings.receive(booking, by=actor(town.staff), heads=3)
    assert no.value.code == "booking.arrival_day"

    clock.to(session.starts_at)
    bookings.receive(booking, by=actor(town.staff), heads=3)

    booking.refresh_from_db()
    assert (booking.arrived_heads, booking.arrived_by) == (3, town.staff)
    with pytest.raises(Refused) as no:
        bookings.receive(booking, by=actor(town.staff), heads=2)
    assert no.value.code == "changed"


def test_a_no_show_is_recorded_after_the_grace_and_never_of_a_group_that_came(clock):
    town, today = a_town(), portal_clock.today()
    calendar.fill(town.district, today, today + dt.timedelta(days=40))
    session = a_session(town.venue)
    booking, other = a_booking(town, session, town.class_a), a_booking(town, session, town.class_b)
    clock.to(session.starts_at + dt.timedelta(minutes=29))
    with pytest.raises(Refused) as no:
        bookings.miss(booking, by=actor(town.staff))
    assert no.value.code == "booking.still_in_time"

    clock.forward(minutes=1)
    bookings.receive(other, by=actor(town.staff), heads=3)
    bookings.miss(booking, by=actor(town.staff))

    booking.refresh_from_db()
    assert (booking.state, booking.seats_held) == (State.NO_SHOW, 3)
    assert Notice.objects.filter(kind="no_show.recorded").count() == 2
    with pytest.raises(Refused) as no:
        bookings.miss(other, by=actor(town.staff))
    assert no.value.code == "booking.was_there"


def test_complete_makes_the_visit_count():
    town = a_town()
    booking = a_booking(town, a_session(town.venue))
    bookings.complete(booking, by=actor(town.teacher))
    booking.refresh_from_db()
    assert booking.state == State.ATTENDED
