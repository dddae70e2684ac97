"""Every list, page and report asks the database as often with three rows as with one; the numbers stand in queries.csv.

    RECORD=1 .venv/bin/pytest tests/boundaries/test_queries.py -p no:xdist -p no:randomly

after a change of pages; a number that grew wants a reason.
"""

import contextlib
import csv
import os
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.roles import Role
from tests import world as worlds
from tests.boundaries.routes import routes
from tests.factories.people import login

TABLE = Path(__file__).with_name("queries.csv")
# who looks at a page for its numbers: the first of these that may
READERS = (Role.BUREAU_OFFICER, Role.COORDINATOR, Role.VENUE_STAFF, Role.TEACHER, Role.ADMINISTRATOR, Role.AUDIT_READER)
HOMES = ("portal:home",)  # another page for each role


def expected() -> dict[tuple[str, str], int]:
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["route"], row["role"]): int(row["queries"]) for row in csv.DictReader(file)}


def counted(clock, n: int) -> dict[tuple[str, str], int]:
    """(route, role) → queries of the page in a world with `n` of everything; the world is gone afterwards."""
    found = {}
    with undone():
        world = worlds.build(clock, n)
        clients = {role: login(Client(), world.hat(role)) for role in Role}
        for route in routes():
            readers = list(Role) if route.name in HOMES else READERS
            for role in readers:
                path = route.address(world, role, "own" if route.noun else "")
                with undone():
                    response = clients[role].get(path)  # once for the caches that live as long as the process
                    if response.status_code != 200:
                        continue
                    with CaptureQueriesContext(connection) as queries:
                        clients[role].get(path)
                found[route.name, role.value] = len(queries)
                if route.name not in HOMES:
                    break
    return found


@contextlib.contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_pages_ask_as_often_for_three_rows_as_for_one(clock):
    one, three = counted(clock, 1), counted(clock, 3)
    assert {page: (one[page], three.get(page)) for page in one if one[page] != three.get(page)} == {}
    assert one.keys() == three.keys()
    if os.environ.get("RECORD"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            lines = [(*page, number) for page, number in sorted(one.items())]
            csv.writer(file, lineterminator="\n").writerows([("route", "role", "queries"), *lines])
    assert one == expected()
