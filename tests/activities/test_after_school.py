"""A school's whole series in one request."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from activities import after_school, sessions
from activities.models import Booking, Series, Session
from partnerships import calendar
from people.actors import SYSTEM
from people.models import Notice
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.activities import a_class, a_programme, a_pupil, a_town, an_activity_group, next_weekday
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """With a term around today, so that there are teaching days."""
    found = a_town()
    first = next_weekday(1, after=0) - dt.timedelta(weeks=6)
    calendar.open_term(
        found.district,
        by=SYSTEM,
        school_year=first.year,
        half=1,
        starts_on=first,
        ends_on=first + dt.timedelta(weeks=20),
    )
    return found


@pytest.fixture
def club(town):
    return an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))


def request(town, programme, members, **fields):
    first = next_weekday(2)
    return after_school.request(
        town.school,
        programme,
        **{
            "by": actor(town.coordinator),
            "members": members,
            "weekdays": [2, 4],
            "starts_on": first,
            "ends_on": first + dt.timedelta(days=14),
            "starts": dt.time(16, 40),
            "ends": dt.time(17, 30),
            "leader": town.teacher,
            "adults": 1,
            "request_key": uuid.uuid4(),
        }
        | fields,
    )


def own(town):
    return a_programme(town.school, direction="bring_in", form="club", category="CLB")


def bring_in(town, **fields):
    return a_programme(town.venue, direction="bring_in", **fields)


def test_own_teachers_need_neither_venue_nor_agreement(town, club):
    series = request(town, own(town), club)
    assert (series.is_own, series.sessions.count()) == (True, 4)
    assert set(Booking.objects.values_list("state", "pupils", "agreement", "leader")) == {
        ("confirmed", 2, None, town.teacher.pk)
    }
    session = Session.objects.first()
    assert (session.place_id, session.school, session.unit, session.taken) == (
        town.school.pk,
        town.school,
        "groups",
        1,
    )


def test_holidays_are_left_out_and_single_dates_dropped(town, club):
    holiday, dropped = next_weekday(2), next_weekday(2) + dt.timedelta(days=2)
    town.district.calendar_days.filter(date=holiday).update(is_workday=False, is_teaching=False)
    series = request(town, own(town), club, drop=[dropped])
    assert [session.day for session in series.sessions.order_by("starts_at")] == [
        holiday + dt.timedelta(days=7),
        dropped + dt.timedelta(days=7),
    ]


def test_a_venues_programme_needs_an_agreement_and_says_which_date_failed(town, club):
    with pytest.raises(Refused) as no:
        request(town, bring_in(town), club)
    assert no.value.code == "agreement.missing"
    assert str(next_weekday(2).day) in str(no.value)
    assert not Series.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.notice("series.asked")
def test_a_venues_programme_waits_for_the_venue_which_hears_of_it_once(town, club):
    agreement = an_agreement(town.venue, [town.school])
    request(town, bring_in(town, confirmation="manual"), club)
    assert set(Booking.objects.values_list("state", "agreement")) == {("requested", agreement.pk)}
    told = Notice.objects.filter(user=town.staff.user, kind__in=("series.asked", "booking.requested"))
    assert [(notice.kind, notice.facts["dates"]) for notice in told] == [("series.asked", 4)]


@pytest.mark.notice("series.booked")
def test_the_leader_hears_once_of_a_whole_series(town, club):
    request(town, own(town), club)
    told = Notice.objects.filter(kind__in=("series.booked", "booking.confirmed"))
    assert list(told.values_list("kind", "user")) == [("series.booked", town.teacher.user_id)]


def test_a_whole_class_with_and_without_names(town):
    series = request(town, own(town), town.class_a)
    assert set(series.sessions.values_list("bookings__pupils", "bookings__by_roster")) == {(3, True)}
    unnamed = a_class(town.school, number=9)
    series = request(town, own(town), unnamed, heads=28)
    assert set(series.sessions.values_list("bookings__pupils", "bookings__by_roster")) == {(28, False)}


def test_pupils_of_a_club_who_are_elsewhere_refuse_the_series(town, club):
    request(town, own(town), club)
    with pytest.raises(Refused) as no:
        request(town, own(town), club)
    assert no.value.code == "school.pupils_busy"
    assert Series.objects.count() == 1


def test_the_same_request_is_one_series(town, club):
    programme, key = own(town), uuid.uuid4()
    assert request(town, programme, club, request_key=key) == request(town, programme, club, request_key=key)
    assert Booking.objects.count() == 4


def test_only_the_school_itself_asks(town, club):
    other = a_town()
    for stranger in (other.coordinator, town.teacher, town.staff):
        with pytest.raises(PermissionDenied):
            request(town, own(town), club, by=actor(stranger))


def test_one_date_of_the_schools_own_series_is_cancelled_later(town, club):
    series = request(town, own(town), club)
    session = series.sessions.first()
    sessions.cancel(session, by=actor(town.coordinator), reason="运动会")
    assert set(session.bookings.values_list("state", flat=True)) == {"cancelled"}
    assert Booking.objects.alive().count() == 3


def test_what_own_teachers_gave_since_the_term_began_is_recorded(town, club):
    first = next_weekday(2) - dt.timedelta(weeks=4)
    when = {"starts_on": first, "ends_on": first + dt.timedelta(weeks=6)}
    series = request(town, own(town), club, **when)
    days = [session.day for session in series.sessions.order_by("starts_at")]
    assert days[0] == first
    assert Booking.objects.awaiting_roll().count() == sum(day < clock.today() for day in days)


def test_nothing_is_recorded_from_before_the_term(town, club):
    before = town.district.terms.get().starts_on - dt.timedelta(days=30)
    with pytest.raises(Refused) as no:
        request(town, own(town), club, starts_on=before, ends_on=before + dt.timedelta(days=20))
    assert no.value.code == "series.empty"
