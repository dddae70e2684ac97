"""Credit entries as NDJSON: all of them, a line each, from a cursor of the server, below the horizon, with an end."""

import json
import tracemalloc

import pytest
from django.db import connection

from credits import ledger
from credits.models import Entry
from people.roles import Role
from portal.api import following
from tests.factories import credits as make
from tests.factories import people
from tests.factories.api import a_client, a_token, api
from tests.factories.people import login

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/credit-entries/export/"


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Tests write in one transaction: let what it wrote itself count as settled."""
    monkeypatch.setattr(following, "boundary", lambda: 2**40)


@pytest.fixture
def world():
    made = make.world(pupils=3)
    ledger.post(make.attended(made))
    return made


@pytest.fixture
def reader(world):
    return api(a_token(a_client(world.district, "credits:read")))


def read(reader, **query):
    answer = reader.get(ADDRESS, query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ndjson")
    assert answer.streaming
    *rows, end = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    return rows, end


def many(copies):
    """So many entries more, past the ledger's guards: only their number matters here."""
    columns = [field.column for field in Entry._meta.fields if field.column not in ("id", "n", "nth")]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO credits_entry (n, nth, {', '.join(columns)}) SELECT 100 + i, 2 + i, {', '.join(columns)}"
            " FROM (SELECT * FROM credits_entry ORDER BY id LIMIT 1) e, generate_series(1, %s) i",
            [copies],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_every_entry_is_a_line_and_the_last_line_says_it_is_all(world, reader):
    rows, end = read(reader)
    assert (len(rows), end) == (3, {"end": True, "count": 3, "watermark": f"w{2**40}"})
    listed = reader.get("/api/v1/credit-entries/").json()["results"]
    assert rows == listed


def test_another_district_s_entries_are_not_in_it(world, reader):
    other = make.world(pupils=2)
    ledger.post(make.attended(other))
    rows, _end = read(reader)
    assert {row["district"] for row in rows} == {world.district.pk}


def test_what_may_still_be_overtaken_is_left_for_the_next(world, reader, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(changed_in) FROM credits_entry")
        newest = cursor.fetchone()[0]
    monkeypatch.setattr(following, "boundary", lambda: newest)
    rows, end = read(reader)
    assert (rows, end["count"]) == ([], 0)
    monkeypatch.setattr(following, "boundary", lambda: newest + 1)
    assert len(read(reader, modified_since=end["watermark"])[0]) == 3
    assert read(reader, modified_since=f"w{newest + 1}")[0] == []


def test_filters_are_those_of_the_list(world, reader):
    pupil = world.pupils[0]
    rows, _end = read(reader, pupil=str(pupil.pk))
    assert [row["pupil"] for row in rows] == [str(pupil.pk)]
    assert reader.get(ADDRESS, {"pupil": "nonsense"}).status_code == 400


def test_it_is_asked_for_as_ndjson_or_as_anything(world, reader):
    for accept in ("application/x-ndjson", "application/json", "*/*"):
        assert reader.get(ADDRESS, headers={"Accept": accept}).status_code == 200
    refused = api(a_token(a_client(world.district, "terms:read"))).get(
        ADDRESS, headers={"Accept": "application/x-ndjson"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")


def test_people_read_it_in_their_hats(client, world):
    login(client, people.hat(Role.COORDINATOR, at=world.school.organisation))
    assert len(read(client)[0]) == 3
    login(client, people.hat(Role.VENUE_LEAD))
    assert client.get(ADDRESS).status_code == 403


def test_the_rows_come_from_a_cursor_of_the_server(world, reader):
    many(2500)
    lines = reader.get(ADDRESS).streaming_content
    next(iter(lines))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '\\_django\\_curs\\_%'")
        assert cursor.fetchone()[0] == 1
    assert sum(1 for _line in lines) == 2503


def peak(reader):
    """Most memory that reading the export took at once, in bytes."""
    tracemalloc.start()
    try:
        for _line in reader.get(ADDRESS).streaming_content:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_as_many_rows_take_no_more_memory(world, reader):
    many(2000)
    peak(reader)  # what is kept for ever after the first time
    few = peak(reader)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM credits_entry WHERE n >= 100")
        cursor.execute("SET LOCAL session_replication_role = origin")
    many(20_000)
    assert peak(reader) < 1.3 * few
