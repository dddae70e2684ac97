"""Events: told in the act's own transaction, in an order that no slow writer breaks."""

import random
import re
import threading
import time

import pytest
from django.apps import apps
from django.db import connection, transaction

from activities import bookings, sessions
from activities.events import shown_in
from people import events
from people.events import FOLLOWED, TYPES
from people.models import Event
from people.scopes import SCOPES
from portal.books import problems
from tests.boundaries.source import modules
from tests.breaking import refused_as
from tests.factories import activities, people
from tests.factories.people import actor
from tests.settling import settle

RECORD = re.compile(r"""record\(\s*f?"([a-z_.]+)\"""")


def told(district):
    return [(row.type, row.subject_id) for row in Event.objects.of_district(district.pk).order_by("pk")]


@pytest.fixture
def town(db):
    return activities.a_town()


def test_a_booking_tells_what_became_of_it(town):
    session = activities.a_session(town.venue)
    booking = activities.a_booking(town, session)
    bookings.cancel(booking, by=actor(town.coordinator))
    key = str(booking.pk)
    assert told(town.district) == [("booking.requested", key), ("booking.confirmed", key), ("booking.cancelled", key)]


def test_a_request_that_waits_is_not_told_as_confirmed(town):
    session = activities.a_session(town.venue, programme=activities.a_programme(town.venue, confirmation="manual"))
    activities.a_booking(town, session)
    assert [kind for kind, _key in told(town.district)] == ["booking.requested"]


def test_what_is_rolled_back_is_not_told(town):
    session = activities.a_session(town.venue)
    with transaction.atomic():
        activities.a_booking(town, session)
        transaction.set_rollback(True)
    assert told(town.district) == []


def test_a_session_is_told_where_its_venue_is_listed_and_to_all_when_it_is_open_to_all(town):
    other, third = people.district(), people.district()
    activities.list_venue(town.venue, other)
    own = activities.a_session(town.venue)
    assert shown_in(own) == {town.district.pk, other.pk}
    open_one = activities.a_session(town.venue, programme=activities.a_programme(town.venue, open_to_all=True))
    assert {town.district.pk, other.pk, third.pk} <= shown_in(open_one)


def test_drafts_stay_inside_and_a_cancelled_session_is_told(town):
    programme = activities.a_programme(town.venue)
    staff = actor(town.staff)
    session = sessions.create(programme, by=staff, starts_at=activities.local(activities.next_weekday(3), 9))
    sessions.edit(session, by=staff, capacity=20)
    assert told(town.district) == []
    sessions.open_session(session, by=staff)
    sessions.edit(session, by=staff, capacity=25)
    sessions.cancel(session, by=staff, reason="停电")
    assert [kind for kind, _key in told(town.district)] == ["session.opened", "session.changed", "session.cancelled"]


def test_an_event_says_nothing_but_which_row(town):
    activities.a_booking(town, activities.a_session(town.venue))
    row = Event.objects.first()
    assert {field.name for field in Event._meta.fields} == {
        "id", "xid", "at", "type", "subject_type", "subject_id", "district_id",
    }  # fmt: skip
    assert (row.subject_type, row.subject_id.isdigit()) == ("booking", True)


def test_every_type_names_a_noun_and_a_scope():
    assert all(kind.scope.endswith(":read") and "." in code and kind.subject_type for code, kind in TYPES.items())


def test_each_act_that_is_told_is_one_that_the_trail_writes():
    """A slip of the pen here would be silence out there."""
    moves = {f"{model._meta.model_name}.{move}" for model in apps.get_models() for move in getattr(model, "MOVES", {})}
    written = {act for _name, path, _tree in modules() for act in RECORD.findall(path.read_text(encoding="utf-8"))}
    assert sorted(act for act in FOLLOWED if act not in moves | written and not act.startswith("assignment.")) == []


def test_each_scope_is_one_that_can_be_granted():
    assert {kind.scope for kind in TYPES.values()} <= set(SCOPES)


def test_scopes_open_their_types_only():
    assert events.opened_by(["sessions:read"]) == [
        "session.opened", "session.changed", "session.postponed", "session.cancelled",
    ]  # fmt: skip
    assert events.opened_by([]) == []


@pytest.mark.guards("people_event_append_only")
def test_what_was_told_is_never_changed(town):
    events.tell("school.changed", town.school)
    for attack in ("UPDATE people_event SET type = 'x'", "DELETE FROM people_event", "TRUNCATE people_event CASCADE"):
        with refused_as("people_event_append_only"), connection.cursor() as cursor:
            cursor.execute(attack)


def test_the_number_of_the_transaction_can_t_be_chosen(town):
    events.tell("school.changed", town.school)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_event (xid, at, type, subject_type, subject_id, district_id)"
            " SELECT 1, at, type, subject_type, subject_id, district_id FROM people_event"
        )
        cursor.execute("SELECT count(DISTINCT xid), min(xid) > 1 FROM people_event")
        assert cursor.fetchone() == (1, True)


# --- in order, missing nothing ----------------------------------------------------------------------------------------


def follow(district_id, cursor=(0, 0)):
    """One reading of a follower: what is new, and where it stands then."""
    rows = list(Event.objects.of_district(district_id).settled().after(*cursor)[:7])
    return [row.subject_id for row in rows], (rows[-1].xid, rows[-1].pk) if rows else cursor


class Row:
    """Something that happened, as far as an event is concerned."""

    def __init__(self, pk, district_id):
        self.pk, self.district = pk, district_id

    def district_ids(self):
        return {self.district}


@pytest.mark.django_db(transaction=True)
def test_a_slow_writer_is_waited_for():
    here = people.district().pk
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            events.tell("school.changed", Row("slow", here))
            begun.set()
            go_on.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    begun.wait(10)
    events.tell("school.changed", Row("quick", here))  # begun later, committed earlier
    assert follow(here) == ([], (0, 0))
    go_on.set()
    writer.join()
    settle()
    first, cursor = follow(here)
    assert first == ["slow", "quick"]
    assert follow(here, cursor) == ([], cursor)


@pytest.mark.django_db(transaction=True)
def test_a_follower_misses_nothing_beside_many_writers():
    here, over = people.district().pk, threading.Event()

    def write(number):
        dice = random.Random(number)
        for turn in range(12):
            with transaction.atomic():
                events.tell("school.changed", Row(f"{number}-{turn}a", here))
                time.sleep(dice.random() / 50)
                events.tell("school.changed", Row(f"{number}-{turn}b", here))
        connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    seen, cursor = [], (0, 0)
    for writer in writers:
        writer.start()
    while not over.is_set():
        if not any(writer.is_alive() for writer in writers):
            over.set()
        new, cursor = follow(here, cursor)
        seen += new
    settle()
    while (found := follow(here, cursor))[0]:
        seen, cursor = seen + found[0], found[1]
    assert len(seen) == len(set(seen)) == 6 * 12 * 2
    assert seen == [row.subject_id for row in Event.objects.order_by("xid", "pk")]


def test_the_books_say_where_numbers_come_from_another_cluster(town):
    """A dump restored on a young cluster: its events would be served to nobody."""
    events.tell("school.changed", town.school)
    assert [line for line in problems() if line.startswith("event")] == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE people_event SET xid = xid + 1000000")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [line.split()[0] for line in problems() if line.startswith("event")] == ["event.xid:"]
