"""点单: what a school asks for, what the venue answers, and the booking that comes of it."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from activities import bookings, groups, proposals, requests, uses
from activities.models import Booking, Request, Session
from partnerships.models import Hall
from people.models import AuditEvent, Notice
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.activities import (
    a_booking,
    a_class,
    a_programme,
    a_pupil,
    a_session,
    a_town,
    an_activity_group,
)
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor
from tests.factories.requests import a_bring_in, a_request, a_term, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    a_term(found)
    an_agreement(found.venue, [found.school])
    return found


@pytest.fixture
def club(town):
    return an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))


def accept(request, by, number=1, **more):
    time = request.times.get(round=request.round, number=number)
    return requests.accept(request, time, by=actor(by), **more)


@pytest.mark.notice("request.asked")
def test_asking_holds_nothing_and_tells_the_venue_once(town):
    request = a_request(town, times=[wanted(), wanted(1), wanted(2)])
    assert (request.state, request.pupils, request.place_id) == ("asked", 3, town.school.pk)
    assert list(request.times.values_list("side", "number")) == [("school", 1), ("school", 2), ("school", 3)]
    assert not Session.objects.exists()
    told = Notice.objects.filter(kind__startswith="request.")
    assert list(told.values_list("kind", "user")) == [("request.asked", town.staff.user_id)]


@pytest.mark.notice("request.accepted")
def test_accepting_makes_session_and_confirmed_booking_and_tells_the_school(town):
    request = a_request(town, times=[wanted(), wanted(1)])
    Notice.objects.all().delete()
    request = accept(request, town.staff, 2)
    booking = Booking.objects.get()
    assert (request.state, request.session) == ("accepted", booking.session)
    assert (booking.state, booking.pupils, booking.leader, booking.requested_by) == (
        "confirmed",
        3,
        town.teacher,
        town.coordinator,
    )
    session = booking.session
    assert (session.starts_at, session.place_id, session.school, session.taken) == (
        wanted(1).starts_at,
        town.school.pk,
        town.school,
        1,
    )
    told = set(Notice.objects.values_list("kind", "user"))
    assert told == {("request.accepted", town.coordinator.user_id), ("request.accepted", town.teacher.user_id)}


def test_a_club_is_booked_for_the_weeks_of_a_term(town, club):
    request = a_request(town, club, weeks=4)
    second = proposals.dates(request, request.times.get())[1]
    request = accept(request, town.staff, drop=[second])
    days = [session.day for session in request.series.sessions.order_by("starts_at")]
    first = wanted().starts_at.date()
    assert days == [first + dt.timedelta(weeks=n) for n in (0, 2, 3)]
    assert (request.series.group, request.series.weekdays, request.session) == (club, [2], None)
    assert set(Booking.objects.values_list("state", "pupils")) == {("confirmed", 2)}
    assert not Notice.objects.filter(kind__startswith="booking.").exists()


def test_dates_that_the_school_leaves_out_stay_out(town, club):
    third = wanted(14).starts_at.date()
    request = accept(a_request(town, club, weeks=4, dropped=[third]), town.staff)
    assert third not in {session.day for session in request.series.sessions.all()}
    assert request.series.sessions.count() == 3


@pytest.mark.notice("request.countered")
def test_other_times_go_back_and_forth_until_one_side_accepts(town):
    request = a_request(town)
    requests.propose(request, by=actor(town.staff), times=[wanted(1), wanted(2)], answer="周二馆内停电")
    request.refresh_from_db()
    assert (request.state, request.round, request.answer) == ("countered", 2, "周二馆内停电")
    assert Notice.objects.filter(kind="request.countered", user=town.coordinator.user).count() == 1
    with pytest.raises(PermissionDenied):
        accept(request, town.staff)  # it is the school's turn

    requests.propose(request, by=actor(town.coordinator), times=[wanted(3)])
    request.refresh_from_db()
    assert (request.state, request.round) == ("asked", 3)
    assert [time.round for time in request.earlier] == [1, 2, 2]

    requests.propose(request, by=actor(town.staff), times=[wanted(1)])
    request.refresh_from_db()
    request = accept(request, town.coordinator)
    assert (request.state, request.session.starts_at) == ("accepted", wanted(1).starts_at)
    assert Booking.objects.get().state == "confirmed"


def test_a_time_of_an_earlier_round_is_off_the_table(town):
    request = a_request(town)
    first = request.times.get()
    requests.propose(request, by=actor(town.staff), times=[wanted(1)])
    request.refresh_from_db()
    with pytest.raises(Refused) as no:
        requests.accept(request, first, by=actor(town.coordinator))
    assert (no.value.code, Session.objects.count()) == ("changed", 0)


@pytest.mark.notice("request.declined")
def test_declining_needs_a_reason_that_the_school_reads(town):
    request = a_request(town)
    with pytest.raises(Refused) as no:
        requests.decline(request, by=actor(town.staff), reason=" ")
    assert no.value.code == "reason_needed"
    requests.decline(request, by=actor(town.staff), reason="人手不足")
    request.refresh_from_db()
    assert (request.state, request.answer) == ("declined", "人手不足")
    assert Notice.objects.get(kind="request.declined", user=town.coordinator.user).facts["reason"] == "人手不足"
    with pytest.raises(Refused):
        accept(request, town.staff)


@pytest.mark.notice("request.withdrawn")
def test_a_withdrawn_request_can_not_be_accepted(town):
    request = a_request(town)
    requests.withdraw(request, by=actor(town.coordinator))
    assert Notice.objects.filter(kind="request.withdrawn", user=town.staff.user).count() == 1
    with pytest.raises(Refused) as no:
        accept(request, town.staff)
    assert (no.value.code, Session.objects.count()) == ("changed", 0)


def test_accepting_answers_the_venues_own_rules_only(town):
    soon = [proposals.Wanted(clock.now() + dt.timedelta(hours=20), clock.now() + dt.timedelta(hours=21))]
    little = a_class(town.school, 3, grade=1)  # the programme is for grades 4 to 6
    request = a_request(town, little, times=soon)  # and a venue asks for seven days
    _time, verdict = proposals.judged(request)[0]
    assert {rule.code for rule in verdict.warnings} >= {"programme.grades", "venue.lead_days"}
    assert accept(request, town.staff).state == "accepted"


def test_rules_of_others_stand_in_the_way_of_asking(town):
    stranger = a_town()
    a_term(stranger)
    with pytest.raises(bookings.NotEligible) as no:
        a_request(stranger)  # no agreement with the venue: bring-in blocks
    assert no.value.code == "agreement.missing"
    group = groups.of_classes(town.school, [town.class_a], on=wanted().starts_at.date(), adults=0)
    with pytest.raises(bookings.NotEligible) as no:
        a_request(town, group=group)
    assert no.value.code == "district.adult_ratio"
    assert not Request.objects.exists()


def test_a_venue_is_not_told_where_the_pupils_are(town):
    request = a_request(town)
    starts_at = wanted().starts_at
    a_booking(town, a_session(town.school, programme=a_programme(town.school), starts_at=starts_at))
    with pytest.raises(Refused) as no:
        accept(request, town.staff)
    assert no.value.code == "request.group_busy"
    assert Session.objects.count() == 1
    request.refresh_from_db()
    assert request.state == "asked"


def test_one_bad_date_refuses_the_whole_series(town, club):
    request = a_request(town, club, weeks=3)
    town.district.listings.update(state="suspended")
    with pytest.raises(Refused) as no:
        accept(request, town.staff)
    assert no.value.code == "district.listing"
    assert (Session.objects.count(), Booking.objects.count()) == (0, 0)


def test_the_hall_is_the_hosts_and_free(town):
    hall = Hall.objects.create(venue=town.venue, name="创客工坊", heads=40)
    go_out = {"programme": a_programme(town.venue, minutes=50)}
    first = a_request(town, **go_out)
    second = a_request(town, town.class_b, **go_out)
    assert accept(first, town.staff, hall=hall).session.hall == hall
    with pytest.raises(Refused) as no:
        accept(second, town.staff, hall=hall)
    assert no.value.code == "session_hall_free"
    with pytest.raises(Refused) as no:
        accept(second, town.staff, hall=Hall.objects.create(venue=a_town().venue, name="别馆", heads=9))
    assert no.value.code == "request_hall_of_host"


def test_a_counter_proposal_moves_a_lesson_from_the_school_to_a_hall_of_the_venue(town):
    hall = Hall.objects.create(venue=town.venue, name="创客工坊", heads=40)
    request = a_request(town)
    times = [wanted(1)]
    elsewhere = proposals.Where(a_town().venue.organisation)
    foreign = proposals.Where(
        town.venue.organisation, hall=Hall.objects.create(venue=a_town().venue, name="别馆", heads=9)
    )
    at_school = proposals.Where(town.school.organisation, hall=hall)
    codes = []
    for where in (elsewhere, foreign, at_school):
        with pytest.raises(Refused) as no:
            requests.propose(request, by=actor(town.staff), times=times, where=where)
        codes.append(no.value.code)
    assert codes == ["request_place_of_sides", "request_hall_of_host", "request_hall_of_host"]
    where = proposals.Where(town.venue.organisation, hall=hall)
    requests.propose(request, by=actor(town.staff), times=times, where=where)
    request.refresh_from_db()
    session = accept(request, town.coordinator).session
    assert (session.place_id, session.hall, session.direction) == (town.venue.pk, hall, "go_out")
    booking = Booking.objects.get()
    assert booking.outing is not None  # now the pupils leave the school
    assert uses.amounts(session, 3) == {"pupils": 3, "visits": 1, "free_places": 3}


def test_a_proposal_without_a_place_leaves_it_and_a_school_proposes_its_room(town):
    request = a_request(town, room="301")
    requests.propose(request, by=actor(town.staff), times=[wanted(1)])
    request.refresh_from_db()
    assert (request.place_id, request.room) == (town.school.pk, "301")
    requests.propose(request, by=actor(town.coordinator), times=[wanted(1)], where=proposals.Where(None))
    request.refresh_from_db()
    assert (request.place, request.room) == (None, "")


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ([], "requesttime_at_most_three"),
        ([wanted(n) for n in range(4)], "requesttime_at_most_three"),
        ([wanted(-30)], "request.past"),
        ([proposals.Wanted(wanted().ends_at, wanted().starts_at)], "requesttime_ends_after_start"),
        ([wanted(weekly=True)], "request.weekly"),
    ],
)
def test_times_make_sense(town, times, code):
    request = a_request(town)
    with pytest.raises(Refused) as no:
        requests.propose(request, by=actor(town.staff), times=times)
    assert no.value.code == code


def test_a_request_is_for_a_published_programme_of_a_venue(town):
    for programme in (a_bring_in(town, state="draft"), a_programme(town.school), a_bring_in(town, form="training")):
        with pytest.raises(Refused) as no:
            a_request(town, programme=programme)
        assert no.value.code == "request.programme"


def test_every_week_comes_one_class_or_club(town):
    group, programme = groups.of_heads(town.school, 20, on=clock.today(), adults=2), a_bring_in(town)
    until = clock.today() + dt.timedelta(days=60)
    with pytest.raises(Refused) as no:
        requests.ask(
            programme, group, by=actor(town.coordinator), times=[wanted(weekly=True)], leader=town.teacher,
            request_key=uuid.uuid4(), last_day=until,
        )  # fmt: skip
    assert no.value.code == "request.weekly_group"


def test_the_same_key_is_one_request(town):
    key, programme = uuid.uuid4(), a_bring_in(town)
    assert a_request(town, programme=programme, request_key=key) == a_request(
        town, programme=programme, request_key=key
    )


def test_only_school_and_venue_of_the_request_act(town):
    request, other = a_request(town), a_town()
    for stranger in (other.coordinator, town.teacher, town.bureau):
        with pytest.raises(PermissionDenied):
            requests.withdraw(request, by=actor(stranger))
    for stranger in (other.staff, town.coordinator, town.bureau):
        with pytest.raises(PermissionDenied):
            accept(request, stranger)


def test_who_sees_a_request(town):
    request, other = a_request(town), a_town()
    sees = {
        hat.role: Request.objects.visible_to(actor(hat)).filter(pk=request.pk).exists()
        for hat in (town.coordinator, town.staff, town.bureau, town.teacher)
    }
    assert sees == {"coordinator": True, "venue_staff": True, "bureau_officer": True, "teacher": False}
    assert not any(
        Request.objects.visible_to(actor(hat)).exists() for hat in (other.coordinator, other.staff, other.bureau)
    )


def test_the_trail_says_what_was_and_is(town):
    request = accept(a_request(town), town.staff)
    rows = AuditEvent.objects.filter(verb__startswith="request.").order_by("pk")
    assert list(rows.values_list("verb", "was", "is_now")) == [
        ("request.ask", "", "asked"),
        ("request.accept", "asked", "accepted"),
    ]
    assert request.ended_at == clock.now() or request.ended_at is not None


def test_whoever_takes_up_a_proposal_takes_the_hall_that_lies_on_the_table(town):
    small = Hall.objects.create(venue=town.venue, name="创客工坊", heads=40)
    large = Hall.objects.create(venue=town.venue, name="报告厅", heads=400)
    request = a_request(town)
    where = proposals.Where(town.venue.organisation, hall=small)
    requests.propose(request, by=actor(town.staff), times=[wanted(2)], where=where)
    request.refresh_from_db()
    assert accept(request, town.coordinator, hall=large).session.hall == small
