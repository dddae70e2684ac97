"""What a client of one district never reads: another district's words, names, phones, checks, pay, the flag of a school."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import IdentityLook, School
from people.roles import Role
from portal.api.resources import NOUNS
from tests.boundaries.canaries import Cage
from tests.factories.api import a_client, a_token, api
from tests.factories.people import login

# what no machine reads without asking for names, whatever its scopes
NEVER = (
    "partnerships.StudentIdentity.", "people.User.mobile", "people.User.email", "activities.Booking.phone",
    "activities.Check.", "partnerships.AgreementParty.signer", "partnerships.IdentityLook.", "people.AuditEvent.",
    "activities.Booking.note", "credits.Result.title", "credits.Result.evidence",
)  # fmt: skip
FORBIDDEN_WORDS = ("underserved", 'phone"', "mobile", "consent", 'seat"', "outcome", "subsid")


@pytest.fixture(scope="module")
def cage(built, django_db_blocker):
    with django_db_blocker.unblock():
        return Cage(built)


def crawled(reader) -> dict[str, str]:
    """Every list and every single row that its lists name."""
    found = {}
    for noun in NOUNS:
        path = reverse(f"api:{noun}-list")
        answer = reader.get(path, {"limit": 200} if hasattr(NOUNS[noun], "rows") else {})
        assert answer.status_code == 200, (path, answer.content)
        found[path] = json.dumps(answer.json(), ensure_ascii=False)
        for row in answer.json()["results"][:20]:
            key = row.get("id") or row.get("pupil") or row["code"]
            single = reader.get(reverse(f"api:{noun}-detail", args=[key]))
            assert single.status_code == 200, (path, key)
            found[f"{path}{key}/"] = json.dumps(single.json(), ensure_ascii=False)
    return found


def test_a_client_of_a_reads_no_word_of_b(world, cage):
    shown = crawled(api(a_token(a_client(world.districts["A"]))))
    seen = {(canary.field, canary.cell): path for path, text in shown.items() for canary in cage.seen_in(text)}
    strange = {(field, cell) for field, cell in seen if cell in ("B", "B1", "B2")}
    assert strange == {(f"activities.Programme.{name}", "B1") for name in ("name_zh", "name_en")}  # of A's own venue
    assert [field for field, _cell in seen if field.startswith(NEVER)] == []
    assert {cell for _field, cell in seen} >= {"A", "A1", "A2"}


def test_the_access_table_holds_for_shapes(world):
    School.objects.update(is_underserved=True)
    for path, text in crawled(api(a_token(a_client(world.districts["A"])))).items():
        if "/figures/" not in path and "/venues/" not in path:
            assert [word for word in FORBIDDEN_WORDS if word in text] == [], path


def test_names_take_their_scope_and_are_logged(world):
    school_class = world.one("A1", "class")
    path, asked = "/api/v1/pupils/names/", {"school_class": school_class.pk, "purpose": "roster"}
    client = a_client(world.districts["A"])
    assert api(a_token(client, "pupils:read")).get(path, asked).status_code == 403
    before = IdentityLook.objects.count()
    answer = api(a_token(client, "pupils:names")).get(path, asked)
    assert sorted(row["pupil"] for row in answer.json()) == sorted(
        str(pupil.pk) for pupil in world.things["A1"]["student"]
    )
    assert all(row["name"] for row in answer.json())
    look = IdentityLook.objects.latest("pk")
    assert IdentityLook.objects.count() == before + 1
    assert (look.actor_ref, look.school_class_id, look.purpose) == (f"client:{client.pk}", school_class.pk, "roster")
    stranger = api(a_token(a_client(world.districts["B"], "pupils:names"))).get(path, asked)
    missing = api(a_token(client, "pupils:names")).get(path, asked | {"school_class": 999999})
    assert (stranger.status_code, stranger.content) == (missing.status_code, missing.content)
    assert IdentityLook.objects.count() == before + 1


def test_people_give_a_fresh_code_before_names_leave(world, client):
    asked = {"school_class": world.one("A1", "class").pk, "purpose": "roster"}
    browser = login(client, world.hat(Role.COORDINATOR))
    assert browser.get("/api/v1/pupils/names/", asked).status_code == 200
    session = browser.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()
    refused = browser.get("/api/v1/pupils/names/", asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor")


def test_a_venue_reads_groups_and_no_pupils(world, client):
    browser = login(client, world.hat(Role.VENUE_STAFF))
    assert browser.get("/api/v1/roll-entries/").json()["results"] == []
    assert browser.get("/api/v1/bookings/").json()["results"] != []
    assert browser.get("/api/v1/pupils/").status_code == 403


@pytest.mark.parametrize("noun", sorted(noun for noun in NOUNS if hasattr(NOUNS[noun], "rows") and noun != "figures"))
def test_a_longer_list_asks_no_more_queries(world, noun):
    reader = api(a_token(a_client(world.districts["A"])))
    path = reverse(f"api:{noun}-list")
    counts = {}
    for limit in (1, 200):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rows = reader.get(path, {"limit": limit}).json()["results"]
        counts[len(rows)] = len(asked)
    assert len(set(counts.values())) == 1, counts
