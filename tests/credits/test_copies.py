"""check_books finds counters and copies of the lower apps that have drifted from what they count and copy."""

import pytest
from django.db import connection

from portal import books
from tests.factories import credits as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make.world()
    make.attended(world)
    make.world()  # something of another district, to point at
    return world


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE activities_session SET taken = taken + 1", "session.taken"),
        ("UPDATE activities_booking SET held_seats = 1", "session.held_taken"),
        ("UPDATE activities_booking SET district_id = (SELECT max(id) FROM people_district)", "booking.district"),
        ("UPDATE activities_rollentry SET starts_at = starts_at - interval '1 hour'", "roll.slot"),
        ("UPDATE people_organisation SET changed_in = changed_in + 4294967296", "changed_in"),  # of another cluster
        ("UPDATE partnerships_enrolment SET student_id = gen_random_uuid()", "roll.school"),
    ],
)
def test_each_drift_is_found(world, change, found):
    assert list(books.problems()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(change)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert {line.split(":")[0] for line in books.problems()} == {found}
