"""Every page asks the database the same queries for one row and for three.

Each address that answers a GET is opened over the world with one of everything, and again after the same world has grown
to three of everything (growing.py): pages without a row in their address by every role that may, pages of a row by the
first that may. To see it fail, remove one `select_related` that a list relies on, for instance the one in
`Booking.objects.with_names()`: the failure names the page, the role and the statements that came on top.

The numbers themselves stand in queries.csv. After a change of pages

    RECORD=1 .venv/bin/pytest tests/boundaries/test_queries.py -p no:xdist -p no:randomly

writes them anew; a number that grew wants a reason.
"""

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
from portal.lib import clock as portal_clock
from tests import world as worlds
from tests.boundaries import growing
from tests.boundaries.routes import Route, routes
from tests.factories.people import login
from tests.walking import Walk

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("queries.csv")
ALL = routes()
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


def record(once: Pages) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        lines = [(*key, number) for key, number in sorted(numbers(once).items())]
        csv.writer(file, lineterminator="\n").writerows([("route", "role", "queries"), *lines])


def opened(world: worlds.World, clients: dict[Role, Client], wanted: set[tuple[str, str]] | None = None) -> Pages:
    """Every page by its readers, (route, role) → what came."""
    found: Pages = {}
    for route in ALL:
        for role in READERS if route.noun else Role:
            if wanted and (route.name, role.value) not in wanted:
                continue
            page = found[route.name, role.value] = page_of(clients[role], world, route, role)
            if page.status == 405 or (page.status == 200 and route.noun):
                break
    return found


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> tuple[Pages, Pages]:
    """What every page asked with one row and with three."""
    with django_db_blocker.unblock(), transaction.atomic():
        with Walk(portal_clock) as walk:
            world = worlds.build(walk)
            growing.start(world)
            clients = {role: login(Client(), world.hat(role)) for role in Role}
            once = opened(world, clients)
            growing.grow(world)
            thrice = opened(world, clients, {key for key, page in once.items() if page.status == 200})
        transaction.set_rollback(True)
    if os.environ.get("RECORD"):
        record(once)
    return once, thrice


def test_the_numbers_are_those_of_the_table(pages):
    assert numbers(pages[0]) == expected()


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_a_page_asks_the_same_queries_for_one_row_and_for_three(route, pages):
    once, thrice = ({role: page for (name, role), page in of.items() if name == route.name} for of in pages)
    answers = {page.status for page in once.values()}
    if answers & {200, 405}:
        assert route.name not in NO_PAGE
    else:
        assert answers == NO_PAGE.get(route.name), "a new address: let one of its readers see it, or say why not"
    assert {page.status for page in thrice.values()} <= {200}
    for role, page in thrice.items():
        before = once[role]
        on_top = "\n".join(f"{n} × {sql}" for sql, n in (page.asked - before.asked).items())
        assert page.queries == before.queries + ONCE_MORE.get(route.name, 0), (
            f"{role}: {before.queries} became {page.queries}\n{on_top}"
        )
