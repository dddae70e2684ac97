"""Whose words does each role see? Every text of the world carries a mark; every page is read as every role of A1.

canaries.csv is the reviewed answer: role × field × cells whose rows it sees (A1 own, A2 the neighbour in the district,
A and B the districts themselves, B1 and B2 the other district). After a change of pages:

    RECORD=1 .venv/bin/pytest tests/boundaries/test_canaries.py -p no:xdist -p no:randomly

and read the difference line by line. What no table may ever allow is asserted beside it.
"""

import csv
import os
import re
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from house import crawl
from partnerships.models import School
from people.roles import Role
from tests.boundaries.canaries import PHONE, Cage, as_text
from tests.boundaries.routes import routes
from tests.factories.people import login

TABLE = Path(__file__).with_name("canaries.csv")
HEAD = ("role", "field", "cells")
# typed as well, where no mark reaches it: the pupil of the roster in its preview, what was frozen with an agreement
UNMARKED = re.compile(r"名单A1|示例\d+(?:科技馆|学校|区)|示例合作协议")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
NAMES = ("partnerships.StudentIdentity.name", "partnerships.StudentIdentity.number")
NEVER_NAMES = {
    Role.INSPECTOR, Role.PARTNER_OFFICER, Role.VENUE_LEAD, Role.VENUE_STAFF, Role.COUNSELOR, Role.ADMINISTRATOR,
    Role.AUDIT_READER,
}  # fmt: skip
# a counselor's number: the reviewing offices, the person, and hosts with whom both sides agreed
CALL = {
    Role.BUREAU_OFFICER: {"A1", "A2"}, Role.PARTNER_OFFICER: {"A1", "A2"}, Role.SCHOOL_LEAD: {"A1"},
    Role.COORDINATOR: {"A1"}, Role.TEACHER: {"A1"}, Role.VENUE_LEAD: {"A1"}, Role.VENUE_STAFF: {"A1"},
    Role.COUNSELOR: {"A1"},
}  # fmt: skip
# who reads that a school is underserved, and in which word; whoever holds places back reads for whom
READ_THE_FLAG = {Role.BUREAU_OFFICER, Role.INSPECTOR, Role.SCHOOL_LEAD, Role.COORDINATOR}
FLAG = re.compile("薄弱|重点支持")
HELD_FOR = "预留名额（农村学校、重点支持学校）"
# what some roles see of a place with which they have nothing to do
LISTED_THERE = {"people.Organisation.name_zh", "people.Organisation.name_en"}  # a venue may propose to any school there
# counselors listed in B, where the venue is listed too; what the schools of B look for, where the counselor is listed too
SERVES_THERE = {"activities.Counselor.employer", "activities.Counselor.introduction"}
DRAFTED_THERE = {"partnerships.AgreementTemplate.name"}  # from which a venue drafts for a school there
NEEDED_THERE = {"activities.Programme.name_zh", "activities.Programme.name_en"}
BEYOND: dict[Role, set[str]] = {
    Role.VENUE_LEAD: LISTED_THERE | SERVES_THERE | DRAFTED_THERE,
    Role.VENUE_STAFF: LISTED_THERE | SERVES_THERE | DRAFTED_THERE,
    Role.COUNSELOR: LISTED_THERE | NEEDED_THERE,
    # members and organisations of the whole platform and what mail servers and chats refused, no business data
    Role.ADMINISTRATOR: LISTED_THERE | {"people.User.full_name", "people.Delivery.fault"},
    # the trail of the whole platform
    Role.AUDIT_READER: {f"people.AuditEvent.{field}" for field in ("actor_label", "subject_label", "facts")},
}


@pytest.fixture(scope="module")
def cage(built, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        School.objects.update(is_underserved=True)
        yield Cage(built)
        transaction.set_rollback(True)  # the other modules read the same world without marks


@pytest.fixture(scope="module")
def recorded():
    seen: dict[tuple[str, str], str] = {}
    yield seen
    if os.environ.get("RECORD"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *((*key, seen[key]) for key in sorted(seen))])


def expected(role: str) -> dict[str, str]:
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["field"]: row["cells"] for row in csv.DictReader(file) if row["role"] == role}


def route_of(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def pages(world, role: Role, language: str, most: int) -> dict[str, str]:
    """Path → text of everything that the role can open: by links from its home, and by every address of its own rows.

    Of each kind of page that links lead to, at most so many are opened.
    """
    client = login(Client(headers={"accept-language": language}), world.hat(role))
    found: dict[str, str] = {}

    def read(path: str) -> str | None:
        response = client.get(path)
        if response.status_code != 200:
            return None
        found[path] = as_text(response)
        return found[path] if "html" in response.headers["Content-Type"] else None

    for _page in crawl.walk(read, route_of, most=most):
        pass
    for route in routes():
        if not route.name.startswith(("account", "demo", "mfa")):
            path = route.address(world, role, "own" if route.noun else "")
            if path not in found:
                read(path)
    return found


@pytest.mark.parametrize("role", Role)
def test_role_sees_the_rows_of_the_table_and_no_other(world, cage, recorded, caplog, role):
    # the administrator's only door to names is the list of organisations: all of them, whatever their order
    shown = pages(world, role, "zh-hans", most=16 if role == Role.ADMINISTRATOR else 2)
    seen = {canary for text in shown.values() for canary in cage.seen_in(text)}
    by_field: dict[str, set[str]] = {}
    for canary in seen:
        by_field.setdefault(canary.field, set()).add(canary.cell)
    answer = {name: " ".join(sorted(cells)) for name, cells in sorted(by_field.items())}
    recorded.update({(role.value, name): cells for name, cells in answer.items()})

    where = {}
    for path, text in shown.items():
        for canary in cage.seen_in(text):
            where.setdefault((canary.field, canary.cell), path)
    strangers = {name for name, cells in by_field.items() if "B2" in cells}
    assert strangers <= BEYOND.get(role, set()), {name: where[name, "B2"] for name in strangers}
    named = {cell for name in NAMES for cell in by_field.get(name, set())}
    assert named <= (set() if role in NEVER_NAMES else {"A1", "A2"} if role == Role.BUREAU_OFFICER else {"A1"}), where
    assert by_field.get(PHONE, set()) <= CALL.get(role, set()), where
    flagged = [path for path, text in shown.items() if FLAG.search(text.replace(HELD_FOR, ""))]
    assert bool(flagged) == (role in READ_THE_FLAG), flagged
    assert cage.seen_in(caplog.text) == set(), "a name in the log"
    assert not any(cage.seen_in(path) for path in shown), "a name in an address"
    if not os.environ.get("RECORD"):
        assert answer == expected(role.value), where


@pytest.mark.parametrize("role", Role)
def test_english_pages_have_no_chinese_but_what_people_typed(world, cage, role):
    """All that people typed is a mark here, so any Chinese left is a sentence without its English."""
    wrong = {}
    for path, text in pages(world, role, "en", most=1).items():
        if "<html" in text:
            text = UNMARKED.sub("", text)
            plain = re.sub(r"<(\w+)[^>]*\blang=\"zh-Hans\"[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
            if found := CHINESE.findall(re.sub(r"<!--.*?-->", "", plain, flags=re.DOTALL)):
                wrong[path] = found[:5]
    assert wrong == {}
