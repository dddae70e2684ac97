"""The demo: it can be planted on any day, holds every state, and is the same for the same seed and day."""

import datetime as dt
import hashlib

import pytest
from django.core.management import call_command
from django.db import connection

from activities.models import Booking
from credits.models import Entry
from partnerships.models import Agreement, School
from portal.demo import seed
from portal.demo.dates import running_term, term_before
from portal.lib import clock
from tests.keeping import kept_demo, sweep

SUNDAY_IN_TERM = dt.date(2026, 11, 22)
# Sealed bytes have a random nonce; everything else is drawn from the dice.
DRAWN = """SELECT string_agg(md5(row::text), '' ORDER BY row::text) FROM ({}) AS row"""
TABLES = {
    "pupils": "SELECT id FROM partnerships_student",
    "bookings": "SELECT request_key, state, pupils FROM activities_booking",
    "rolls": "SELECT student_id, mark, task_sheet, starts_at FROM activities_rollentry",
    "entries": "SELECT account_id, n, points, balance FROM credits_entry",
}


@pytest.fixture
def swept(django_db_setup, django_db_blocker):
    """For what comes after the test, once its rows have been taken back."""
    yield
    sweep(django_db_blocker)


def planted_on(day: dt.date, number: int = 1) -> int:
    with clock.at(dt.datetime.combine(day, dt.time(20))):
        return seed.plant(number)


def digest() -> str:
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for rows in TABLES.values():
            cursor.execute(DRAWN.format(rows))
            found.update(cursor.fetchone()[0].encode())
    return found.hexdigest()


@pytest.fixture
def first(django_db_setup, django_db_blocker) -> str:
    """What the demo of that Sunday was the first time."""
    with kept_demo(django_db_blocker):
        planted_on(SUNDAY_IN_TERM)
        return digest()


# the order of the fixtures: what is kept begins before the test's own transaction, what is swept is swept after it
def test_the_same_seed_on_the_same_day_gives_the_same_data_in_every_state(first, swept, db):
    planted_on(SUNDAY_IN_TERM)
    assert digest() == first
    call_command("seed", "--when-empty")
    assert digest() == first
    assert set(Booking.objects.values_list("state", flat=True)) == set(Booking.State.values)
    assert set(Agreement.objects.values_list("state", flat=True)) == {"countered", "filed", "sent", "signing"}
    assert Entry.objects.filter(reverses__isnull=False).exists()
    bad = Booking.objects.filter(state__in=("no_show", "cancelled_late")).select_related("school__organisation")
    assert {booking.school.organisation.name_zh[:2] for booking in bad} == {"示例"}
    assert {school.organisation.name_zh[:2] for school in School.objects.filter(is_underserved=True)} == {"示例"}


@pytest.mark.parametrize("day", [dt.date(2026, 9, 3), dt.date(2027, 8, 12)])
def test_the_demo_has_a_past_and_a_future_on_any_day(swept, db, day):
    planted_on(day)
    states = set(Booking.objects.values_list("state", flat=True))
    assert {"attended", "confirmed"} <= states


def test_terms_never_overlap():
    for offset in range(0, 800, 3):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
        running = running_term(day)
        assert running.starts_on <= day < running.ends_on
        assert term_before(running).ends_on <= running.starts_on
