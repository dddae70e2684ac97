"""Calendar feeds: a secret address, stable UIDs, a SEQUENCE that only rises, cancellations, and no name of a pupil."""

import datetime as dt

import icalendar
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from activities import assignments, bookings, feeds, sessions
from activities.models import Booking, CalendarFeed, Session
from people import memberships
from people.actors import SYSTEM
from people.models import AuditEvent
from people.roles import Role
from portal.lib.errors import Refused
from tests.breaking import change, copy, refused_as
from tests.factories import activities, counselors, people
from tests.factories.people import actor, login
from tests.factories.rolls import name_pupils

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return activities.a_town()


def address(hat, kind="mine", language="zh-hans"):
    return reverse("activities:feed-calendar", args=[feeds.create(kind, by=actor(hat), language=language).secret])


def read(client, path):
    """UID → event of the calendar at an address, parsed by the library."""
    response = client.get(path)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_a_coordinator_s_calendar_holds_their_own_and_the_school_s_all(client, town):
    session = activities.a_session(town.venue)
    own = activities.a_booking(town, session, town.class_a)
    other = people.hat(Role.COORDINATOR, at=town.school.organisation)
    theirs = activities.a_booking(town, session, town.class_b, by=actor(other))
    assert set(read(client, address(town.coordinator))) == {f"booking-{own.pk}@guanxiao"}
    assert set(read(client, address(town.coordinator, "school"))) == {
        f"booking-{own.pk}@guanxiao",
        f"booking-{theirs.pk}@guanxiao",
    }
    assert len(read(client, address(town.teacher))) == 2  # leads both


def test_an_event_says_when_where_and_who_without_a_name(client, town):
    name_pupils(town.class_a)
    session = activities.a_session(town.venue)
    booking = activities.a_booking(town, session)
    path = address(town.coordinator)
    (event,) = read(client, path).values()
    assert event["dtstart"].dt == session.starts_at
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert event["dtend"].dt == session.ends_at
    assert event["location"] == town.venue.organisation.name_zh
    assert event["summary"] == f"{booking.who} · {session.programme.name_zh}"
    assert event["status"] == "CONFIRMED"
    assert event["url"].endswith(reverse("activities:booking-page", args=[booking.pk]))
    text = client.get(path).content.decode()
    for enrolment in town.class_a.enrolments.select_related("student__identity"):
        assert enrolment.student.identity.name not in text
        assert str(enrolment.student_id) not in text


def test_the_calendar_carries_its_zone_and_its_language(client, town):
    session = activities.a_session(town.venue)
    activities.a_booking(town, session)
    for language, name in (("zh-hans", session.programme.name_zh), ("en", session.programme.name_en)):
        response = client.get(address(town.coordinator, language=language))
        calendar = icalendar.Calendar.from_ical(response.content)
        (zone,) = calendar.walk("VTIMEZONE")
        summer = dt.datetime(2026, 7, 1)  # noqa: DTZ001 - local time of that zone
        assert zone.to_tz().utcoffset(summer) == dt.timedelta(hours=8)
        assert (str(zone["tzid"]), calendar["method"]) == ("Asia/Shanghai", "PUBLISH")
        assert name in str(calendar.walk("VEVENT")[0]["summary"])
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["Cache-Control"] == "private, no-store"


def test_a_cancelled_booking_stays_as_cancelled_with_a_higher_sequence(client, town):
    booking = activities.a_booking(town, activities.a_session(town.venue))
    path = address(town.coordinator)
    (before,) = read(client, path).values()
    bookings.cancel(booking, by=actor(town.coordinator))
    (after,) = read(client, path).values()
    assert (after["uid"], after["status"]) == (before["uid"], "CANCELLED")
    assert after["sequence"] > before["sequence"]


def test_a_request_is_tentative_until_the_venue_answers(client, town):
    session = activities.a_session(town.venue, programme=activities.a_programme(town.venue, confirmation="manual"))
    booking = activities.a_booking(town, session)
    path = address(town.coordinator)
    (before,) = read(client, path).values()
    bookings.confirm(booking, by=actor(town.staff))
    (after,) = read(client, path).values()
    assert (before["status"], after["status"]) == ("TENTATIVE", "CONFIRMED")
    assert after["sequence"] > before["sequence"]


def test_a_venue_s_calendar_holds_its_published_sessions(client, town):
    session = activities.a_session(town.venue)
    activities.a_session(town.venue, state="draft", starts_at=session.starts_at + dt.timedelta(days=1))
    path = address(town.staff, "venue")
    (before,) = read(client, path).values()
    sessions.edit(session, by=actor(town.staff), starts_at=session.starts_at + dt.timedelta(hours=1))
    (moved,) = read(client, path).values()
    sessions.cancel(session, by=actor(town.staff), reason="停电")
    (cancelled,) = read(client, path).values()
    assert [str(event["status"]) for event in (before, moved, cancelled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event["sequence"] for event in (before, moved, cancelled)] == [0, 1, 2]
    assert timezone.localtime(moved["dtstart"].dt).hour == timezone.localtime(before["dtstart"].dt).hour + 1


def test_a_counselor_s_calendar_holds_what_they_were_asked_and_gave_up(client, town):
    counselor = counselors.a_counselor(listed_in=[town.district])
    session = activities.a_session(town.venue)
    asked = counselors.an_invitation(session, counselor, town.staff)
    path = address(counselors.hat_of(counselor))
    (before,) = read(client, path).values()
    assignments.accept(asked, by=counselors.actor_of(counselor))
    (agreed,) = read(client, path).values()
    assignments.give_up(asked, by=counselors.actor_of(counselor), reason="出差")
    (after,) = read(client, path).values()
    assert [str(event["status"]) for event in (before, agreed, after)] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert before["sequence"] < agreed["sequence"] < after["sequence"]
    assert {str(event["uid"]) for event in (before, agreed, after)} == {f"assignment-{asked.pk}@guanxiao"}


@pytest.mark.parametrize(
    ("fields", "rises"),
    [
        ({"starts_at": "starts_at - interval '1 hour'"}, 1), ({"ends_at": "ends_at + interval '1 hour'"}, 1),
        ({"place_id": "NULL"}, 1), ({"state": "'postponed'"}, 1), ({"taken": "taken + 1"}, 0),
        ({"capacity": "capacity + 1"}, 0), ({"revision": "-5"}, 0), ({"revision": "99"}, 0),
    ],
)  # fmt: skip
def test_the_counter_of_a_session_rises_with_time_place_and_state_only(town, fields, rises):
    session = activities.a_session(town.venue)
    change("activities_session", session.pk, ", ".join(f"{name} = {value}" for name, value in fields.items()))
    assert Session.objects.get(pk=session.pk).revision == rises


def test_a_row_saved_from_an_old_copy_does_not_lower_the_counter(town):
    session = activities.a_session(town.venue)
    old = Session.objects.get(pk=session.pk)
    Session.objects.filter(pk=session.pk).update(state="postponed")
    old.save()
    assert Session.objects.get(pk=session.pk).revision == 2


def test_a_booking_that_moves_to_a_quieter_session_still_rises(town):
    busy, quiet = activities.a_session(town.venue), activities.a_session(town.venue)
    booking = activities.a_booking(town, busy)
    for _turn in range(3):
        change("activities_session", busy.pk, "place_id = NULL")
        change("activities_session", busy.pk, f"place_id = {town.venue.pk}")
    before = 6 + Booking.objects.get(pk=booking.pk).revision
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("UPDATE activities_rollentry SET session_id = %s WHERE booking_id = %s", [quiet.pk, booking.pk])
        cursor.execute(
            "UPDATE activities_bookingclass SET session_id = %s WHERE booking_id = %s", [quiet.pk, booking.pk]
        )
        cursor.execute("UPDATE activities_booking SET session_id = %s WHERE id = %s", [quiet.pk, booking.pk])
    assert Booking.objects.get(pk=booking.pk).revision > before


def test_unknown_revoked_and_replaced_addresses_are_one_answer(client, town):
    first = address(town.coordinator)
    second = address(town.coordinator)
    feed = CalendarFeed.objects.get(revoked_at=None)
    assert client.get(second).status_code == 200
    feeds.revoke(feed, by=actor(town.coordinator))
    feeds.revoke(feed, by=actor(town.coordinator))
    unknown = reverse("activities:feed-calendar", args=["x" * 43])
    answers = {client.get(path).status_code for path in (first, second, unknown)}
    assert answers == {404}
    assert AuditEvent.objects.filter(verb="feed.revoke").count() == 1


def test_the_calendar_ends_with_the_hat_and_with_the_account(client, town):
    path = address(town.coordinator)
    other = address(town.teacher)
    people.hat(Role.COORDINATOR, at=town.school.organisation)
    memberships.end(town.coordinator, by=SYSTEM)
    town.teacher.user.is_active = False
    town.teacher.user.save()
    assert {client.get(each).status_code for each in (path, other)} == {404}


def test_secrets_are_kept_as_digests_only(town):
    issued = feeds.create("mine", by=actor(town.coordinator), language="zh-hans")
    row = CalendarFeed.objects.values().get()
    assert issued.secret not in str({name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()})


def test_each_role_follows_what_it_has(town):
    with pytest.raises(Refused):
        feeds.create("school", by=actor(town.teacher), language="en")
    with pytest.raises(Refused):
        feeds.create("venue", by=actor(town.coordinator), language="en")
    with pytest.raises(PermissionDenied):
        feeds.create("school", by=actor(town.bureau), language="en")
    mine = feeds.create("mine", by=actor(town.coordinator), language="en").feed
    assert not CalendarFeed.objects.visible_to(actor(town.teacher)).filter(pk=mine.pk).exists()


@pytest.mark.guards("calendar_feed_once")
def test_a_hat_has_one_open_address_of_a_kind(town):
    feed = feeds.create("mine", by=actor(town.coordinator), language="en").feed
    with refused_as("calendar_feed_once"):
        copy("activities_calendarfeed", feed.pk, secret_digest="'x'::bytea")


def test_the_page_makes_shows_once_and_revokes(client, town):
    login(client, town.coordinator)
    page = client.post(reverse("activities:feed-create"), {"kind": "mine"}).content.decode()
    path = page.split('id="address">')[1].split("<")[0]
    assert client.get(path.removeprefix("http://testserver")).status_code == 200
    listed = client.get(reverse("activities:feed-list")).content.decode()
    assert path not in listed
    feed = CalendarFeed.objects.get()
    client.post(reverse("activities:feed-revoke", args=[feed.pk]))
    assert client.get(path.removeprefix("http://testserver")).status_code == 404


def test_a_calendar_asks_the_same_however_much_it_holds(client, town, django_assert_num_queries):
    session = activities.a_session(town.venue)
    activities.a_booking(town, session, town.class_a)
    path = address(town.coordinator, "school")
    with django_assert_num_queries(4):
        client.get(path)
    activities.a_booking(town, session, town.class_b)
    with django_assert_num_queries(4):
        client.get(path)
