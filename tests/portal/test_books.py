"""The nightly check of the books, and what it finds wrong with commitments."""

import datetime as dt

import pytest
from celery.schedules import crontab
from django.db import connection

from activities import bookings, hours
from partnerships.agreements import Promise
from people.models import Notice
from people.roles import Role
from portal import books, tasks
from portal.celery import TIMETABLE
from portal.jobs import running
from portal.models import JobRun
from tests.factories import people
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.counselors import a_counselor, an_assignment
from tests.factories.partnerships import a_term, an_agreement
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(clock):
    """A visit to come, one that was cancelled, and confirmed hours of a counselor who was there."""
    found = a_town()
    term = a_term(found.district)
    promises = [Promise(found.venue.pk, term, kind, 50) for kind in ("visits", "pupils", "counselor_hours", "courses")]
    an_agreement(found.venue, [found.school], promises=promises)
    found.booking = a_booking(found, a_session(found.venue), found.class_a)
    bookings.cancel(a_booking(found, a_session(found.venue), found.class_b), by=actor(found.coordinator))
    given = an_assignment(found.booking.session, a_counselor(listed_in=[found.district]), found.staff)
    clock.to(given.ends_at + dt.timedelta(hours=1))
    hours.confirm(given, by=actor(found.staff), minutes=130, kind="volunteer")
    return found


def behind_the_guards(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(text)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE partnerships_commitment SET reserved = reserved + 1 WHERE kind = 'pupils'", {"commitment.counters"}),
        ("UPDATE partnerships_commitment SET released = 0 WHERE kind = 'pupils'", {"commitment.counters"}),
        ("UPDATE partnerships_commitment SET delivered = 1 WHERE kind = 'courses'", {"commitment.counters"}),
        ("UPDATE partnerships_commitment SET delivered = 3 WHERE kind = 'counselor_hours'", {"commitment.hours"}),
        (
            "UPDATE activities_servicerecord SET volunteer_minutes = 60, ends_at = starts_at + interval '60 minutes'",
            {"commitment.hours"},
        ),
        (
            "UPDATE activities_booking SET pupils = 2 WHERE state = 'confirmed'",
            {"use.booking", "booking.heads", "venue_day.counters"},
        ),
        ("UPDATE activities_booking SET agreement_id = NULL WHERE state = 'confirmed'", {"use.booking", "commitment.hours"}),
        (
            "DELETE FROM activities_commitmentuse WHERE reserved > 0",
            {"commitment.counters", "use.missing"},
        ),
        ("UPDATE activities_commitmentuse SET released = 0", {"commitment.counters", "use.released"}),
        (
            "UPDATE partnerships_agreement SET state = 'terminated', terminated_on = starts_on",
            {"booking.agreement_over"},
        ),
    ],
)  # fmt: skip
def test_each_drift_of_a_commitment_is_found(town, change, found):
    assert list(books.problems()) == []
    behind_the_guards(change)
    assert {line.split(":")[0] for line in books.problems()} == found


def test_it_runs_once_a_night():
    (job,) = [job for job in TIMETABLE if job.task == "portal.check_books"]
    assert isinstance(job.schedule, crontab)
    assert (job.schedule.hour, job.schedule.minute) == ({3}, {17})


@pytest.mark.notice("books.wrong")
def test_the_night_says_what_is_wrong_to_the_administrators_and_fails(town):
    administrator = people.hat(Role.ADMINISTRATOR)
    tasks.check_books()
    assert not Notice.objects.filter(kind="books.wrong").exists()
    behind_the_guards("UPDATE partnerships_commitment SET reserved = reserved + 1 WHERE kind = 'pupils'")
    with pytest.raises(books.Contradiction), running.written_down("portal.check_books"):
        tasks.check_books()
    told = Notice.objects.get(kind="books.wrong", user=administrator.user)
    assert told.facts == {"lines": 1, "kinds": "commitment.counters"}
    assert JobRun.objects.get(task="portal.check_books").outcome == "failed"
