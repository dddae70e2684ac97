"""Who may open and send what: every route × verb × role × whose row, against the reviewed table access.csv.

The table is not computed from the policy that it tests. After a change of routes:

    RECORD=1 .venv/bin/pytest tests/boundaries/test_access.py -p no:xdist -p no:randomly

writes what the portal answers now; read the difference line by line before you commit it.
An answer is a status; `login` is the way to the sign-in page. A POST carries a reason and nothing else: what is allowed
answers with a form's errors, a refusal or a redirect, what is not allowed with 403 or 404.
"""

import csv
import os
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponseForbidden, HttpResponseNotFound
from django.test import Client
from django.urls import reverse

from people.roles import Role
from portal import urls
from tests import world as worlds
from tests.boundaries.routes import Route, routes
from tests.factories.people import login

TABLE = Path(__file__).with_name("access.csv")
RECORD = bool(os.environ.get("RECORD"))
WHO = ["anonymous", *(role.value for role in Role)]
HEAD = ["route", "verb", "whose", *WHO]
VERBS = ("GET", "POST")
# what a GET may write: that somebody looked at names
LOOKS = {"partnerships_identitylook"}
# enough for moves that only ask why; every form misses the rest
POSTED = {"reason": "原因"}
# who takes figures out of the house is written down
EXPORTS = {"portal:report-csv": {"people_auditevent"}, "portal:report-xlsx": {"people_auditevent"}}
# a lock says UPDATE too: FOR UPDATE, FOR NO KEY UPDATE
WRITES = re.compile(r"(?:INSERT INTO|(?<!FOR )(?<!KEY )UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
ALL = routes()


def expected() -> dict[tuple[str, str, str], dict[str, str]]:
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["route"], row["verb"], row["whose"]): row for row in csv.DictReader(file)}


def keys(route: Route) -> list[tuple[str, str, str]]:
    return [(route.name, verb, whose) for verb in VERBS for whose in route.whose]


@pytest.fixture(scope="module")
def recorded():
    """What this run saw, written to the table at the end when RECORD is set."""
    seen: dict[tuple[str, str, str], dict[str, str]] = {}
    yield seen
    if RECORD:
        rows = {key: row for key, row in expected().items() if key[0] in {route.name for route in ALL}} | seen
        order = {key: place for place, key in enumerate(key for route in ALL for key in keys(route))}
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(HEAD)
            for key in sorted((key for key in rows if key in order), key=order.get):
                table.writerow([*key, *(rows[key][who] for who in WHO)])


def test_every_route_stands_in_the_table_and_nothing_else():
    wanted = {key for route in ALL for key in keys(route)}
    there = set(expected())
    assert sorted(wanted - there) == []
    assert sorted(there - wanted) == []
    assert all(row[who] for row in expected().values() for who in WHO)


@pytest.fixture(scope="module")
def readers(built, django_db_blocker):
    """A signed-in client for each hat, and one for the street."""
    with django_db_blocker.unblock():
        return {who: signed_in(built, who) for who in WHO}


@pytest.fixture
def bare_refusals(monkeypatch):
    """Most answers are a 404 or a 403; only their number is judged here, and their page takes longer than all else."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponseNotFound(), raising=False)
    monkeypatch.setattr(urls, "handler403", lambda request, exception: HttpResponseForbidden(), raising=False)


@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_answers_are_those_of_the_table(route, world, readers, recorded):
    answers = {key: {} for key in keys(route)}
    for who in WHO:
        cache.clear()  # nobody waits because another asked too often
        for key in answers:
            answers[key][who] = answer(readers[who], world, route, who, *key[1:])
    recorded.update(answers)
    if not RECORD:
        table = expected()
        assert answers == {key: {who: table[key][who] for who in WHO} for key in answers}


def signed_in(world: worlds.World, who: str) -> Client:
    client = Client(raise_request_exception=False)
    return client if who == "anonymous" else login(client, world.hat(who))


def answer(client: Client, world: worlds.World, route: Route, who: str, verb: str, whose: str) -> str:
    """What comes back, all effects undone; that nothing changed where nothing may is judged here."""
    role = None if who == "anonymous" else Role(who)
    address = route.address(world, role, whose)
    cookies = client.cookies.output()
    changed: set[str] = set()
    with transaction.atomic():
        with connection.execute_wrapper(noting(changed)):
            response = client.get(address) if verb == "GET" else client.post(address, POSTED)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    said = status(response)
    if verb == "GET":
        assert changed <= LOOKS | EXPORTS.get(route.name, set()), f"GET {address} as {who} wrote {changed}"
    elif said in ("403", "404", "405", "login"):
        assert changed == set(), f"POST {address} as {who} was answered {said} and wrote {changed}"
    assert not said.startswith("5"), f"{verb} {address} as {who} was answered {said}"
    return said


def status(response) -> str:
    if response.status_code == 302 and response["Location"].startswith(reverse("account_login")):
        return "login"
    return str(response.status_code)


def noting(changed: set[str]):
    """Notes in `changed` each table of ours of which a statement wrote a row."""

    def wrapper(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if context["cursor"].rowcount:
            changed.update(table for table in WRITES.findall(sql) if table.split("_")[0] in worlds.OURS)
        return result

    return wrapper
