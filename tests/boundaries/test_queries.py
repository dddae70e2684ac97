"""Every page asks the database the same queries for one row and for three.

Each address that answers a GET is opened over the world with one of everything, and again after the same world has grown
to three of everything (growing.py): pages without a row in their address by every role that may, pages of a row by the
first that may. To see it fail, remove one `select_related` that a list relies on, for instance the one in
`Booking.objects.with_names()`: the failure names the page, the role and the statements that came on top.

The numbers themselves stand in queries.csv. After a change of pages

    RECORD=1 .venv/bin/pytest tests/boundaries/test_queries.py -p no:xdist -p no:randomly

writes them anew; a number that grew wants a reason.
"""

import copy
import csv
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.models import CalendarFeed
from people.roles import Role
from tests import world as worlds
from tests.boundaries import growing
from tests.boundaries.routes import Route, routes
from tests.factories.people import login

TABLE = Path(__file__).with_name("queries.csv")
ALL = routes()
PARTS = 4  # a world grows in each: few enough to be quick, enough for every process to have some
# who opens the page of a row: the first of these that may
READERS = (
    Role.COORDINATOR, Role.VENUE_LEAD, Role.SCHOOL_LEAD, Role.BUREAU_OFFICER, Role.TEACHER, Role.ADMINISTRATOR,
    Role.AUDIT_READER, Role.COUNSELOR,
)  # fmt: skip
# what answers a GET with something else than a page; what takes POST only says so itself, by 405
NO_PAGE = {
    "activities:booking-decline": {302, 403},  # the world's bookings are confirmed already
    "activities:exemption-ask": {302, 403},  # nothing is in the way: back to the form
    "activities:roll-by_link": {410},  # the word in the address is nobody's
    "api:missing": {404},  # whatever is no address of the API
    "api:pupils-names": {400, 403},  # says that it needs a class and a purpose
    "account_login": {302},  # of those who are signed in already
    "activities:agreement-resume": {403, 409},  # the agreement is in force
    "partnerships:agreement-schools": {403, 409},  # no supplement, and no draft
    "partnerships:agreement-step_out": {403, 409},  # the agreement is filed
    "partnerships:check-page": {404},  # a fingerprint of no text
    "partnerships:deliverable-scan": {403, 404},  # entered without a scan
    "partnerships:roster_change-join": {302, 403},  # back to the classes unless pupils wait to be taken in
    "people:invitation-accept": {410},  # the word in the address is nobody's
    "people:password-choose": {410},
    "people:notice-link": {404},  # a code that this house did not write
    "portal:import-ask": {302, 403, 404},  # the way back to the page, whose rows are counted there
    "portal:import-drop": {302, 403, 404},
    "portal:import-write": {302, 403},
    "portal:report-original": {403, 404},  # nothing here was published by an earlier edition
}
# queries that are asked once, however many rows there are, but not where there is only one
ONCE_MORE = {"activities:request-page": 2}  # positions, where the pupils have another activity near that time


def calendar(world: worlds.World, role: Role) -> str:
    """The secret address of the reader's own feed; of those who have none, nobody's."""
    feed = CalendarFeed.objects.filter(membership=world.hat(role)).order_by("pk").first()
    return reverse("activities:feed-calendar", args=[f"{feed.membership_id}-{feed.kind}" if feed else "none"])


# addresses whose row is another one than that of its noun, or that are asked with words
OF_ITS_OWN = {
    "activities:feed-calendar": calendar,
    "activities:hours-certificate": lambda world, _role: (
        reverse("activities:hours-certificate") + f"?bureau={world.hat(Role.BUREAU_OFFICER).organisation_id}"
    ),
    # the others have been called already
    "activities:roll-call": lambda world, _role: reverse("activities:roll-call", args=[world.one("A1", "today").pk]),
    "credits:verify-page": lambda world, _role: reverse(
        "credits:verify-page", args=[world.one("A1", "certificate").code]
    ),
}


@dataclass(frozen=True)
class Opened:
    """One answer: how long it is, and what was asked for it."""

    status: int
    length: int
    asked: Counter

    @property
    def queries(self) -> int:
        return self.asked.total()


Pages = dict[tuple[str, str], Opened]


def page_of(client: Client, world: worlds.World, route: Route, role: Role) -> Opened:
    """Opens a page; what it writes is undone."""
    path = (
        OF_ITS_OWN[route.name](world, role) if route.name in OF_ITS_OWN else route.address(world, role, route.whose[0])
    )
    with transaction.atomic():
        connection.queries_log.clear()  # it holds 9,000: once full, what a page asks would be counted as nothing
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
            body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return Opened(response.status_code, len(body), Counter(shape(query["sql"]) for query in queries))


def shape(sql: str) -> str:
    """A statement without its values."""
    bare = re.sub(r"'[^']*'|\b\d+\b", "…", sql)
    return re.sub(r"(\(…\)|…)(, (\(…\)|…))+", "…", bare)


def expected() -> dict[tuple[str, str], int]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["route"], row["role"]): int(row["queries"]) for row in csv.DictReader(file)}


def numbers(of: Pages) -> dict[tuple[str, str], int]:
    return {key: page.queries for key, page in of.items() if page.status == 200}


@pytest.fixture(scope="module")
def recorded():
    """What every page asked; with RECORD written down at the end, in one process."""
    seen: Pages = {}
    yield seen
    if os.environ.get("RECORD"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            lines = [(*key, number) for key, number in sorted(numbers(seen).items())]
            csv.writer(file, lineterminator="\n").writerows([("route", "role", "queries"), *lines])


def opened(
    some: list[Route], world: worlds.World, clients: dict[Role, Client], wanted: set[tuple[str, str]] | None = None
) -> Pages:
    """Each of the pages by its readers, (route, role) → what came."""
    found: Pages = {}
    for route in some:
        for role in READERS if route.noun else Role:
            if wanted and (route.name, role.value) not in wanted:
                continue
            page = found[route.name, role.value] = page_of(clients[role], world, route, role)
            if page.status == 405 or (page.status == 200 and route.noun):
                break
    return found


def once_and_thrice(some: list[Route], built: worlds.World) -> tuple[Pages, Pages]:
    """What the pages asked with one row and with three, in a copy of the world: the next test reads it as it was."""
    world = copy.deepcopy(built)
    growing.start(world)
    clients = {role: login(Client(), world.hat(role)) for role in Role}
    once = opened(some, world, clients)
    growing.grow(world)
    return once, opened(some, world, clients, {key for key, page in once.items() if page.status == 200})


@pytest.mark.parametrize("part", range(PARTS))
def test_a_page_asks_what_the_table_says_and_the_same_for_three_rows_as_for_one(part, world, recorded):
    some = ALL[part::PARTS]
    names = {route.name for route in some}
    once, thrice = once_and_thrice(some, world)
    recorded.update(once)
    faults = {}
    for name in names:
        answers = {page.status for (route, _role), page in once.items() if route == name}
        is_page = bool(answers & {200, 405})
        if is_page == (name in NO_PAGE):
            faults[name] = f"{answers}: let one of its readers see it, or say in NO_PAGE why not"
        elif name in NO_PAGE and answers != NO_PAGE[name]:
            faults[name] = f"answers {answers}"
    for (name, role), page in thrice.items():
        before = once[name, role]
        if page.status != 200:
            faults[name, role] = f"answers {page.status} with three rows"
        elif page.queries != before.queries + ONCE_MORE.get(name, 0):
            more = "\n".join(f"{n} × {sql}" for sql, n in (page.asked - before.asked).items())
            faults[name, role] = f"{before.queries} became {page.queries}\n{more}"
    assert faults == {}
    if not os.environ.get("RECORD"):
        assert numbers(once) == {key: number for key, number in expected().items() if key[0] in names}


def test_the_table_names_no_page_that_is_gone():
    assert {route for route, _role in expected()} <= {route.name for route in ALL}
