"""modified_since misses nothing: not a slow writer, not a bulk update, not a change of what is shown inside, not a deletion."""

import threading

import pytest
from django.db import connection, transaction

from activities.models import Booking
from partnerships.models import Agreement, AgreementParty, Commitment
from people.models import Organisation
from portal.api import following
from portal.api.resources import NOUNS
from portal.models import Watermark
from tests.factories import partnerships
from tests.factories.activities import a_booking, a_class, a_session, a_town
from tests.factories.api import a_client, a_token, api
from tests.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def reader(town):
    return api(a_token(a_client(town.district)))


def follow(reader, noun, since=None, *, waits=True, **query):
    """Walk all pages; the keys that came, and the token for the next time."""
    keys, cursor, token = [], None, None
    if waits:
        settle()
    while True:
        asked = query | ({"cursor": cursor} if cursor else {"modified_since": since} if since else {})
        answer = reader.get(f"/api/v1/{noun}/", asked).json()
        keys += [row.get("id") or row["pupil"] for row in answer["results"]]
        token, cursor = token or answer["watermark"], answer["next"]
        if cursor is None:
            return keys, token


def test_a_slow_writer_who_commits_late_is_not_passed_over(town, reader):
    session = a_session(town.venue)
    slow, quick = a_booking(town, session), a_booking(town, session, town.class_b)
    _all, token = follow(reader, "bookings")
    written, let_go = threading.Event(), threading.Event()

    def write_slowly():
        try:
            with transaction.atomic():
                Booking.objects.filter(pk=slow.pk).update(note="慢")
                written.set()
                let_go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert written.wait(20)
    Booking.objects.filter(pk=quick.pk).update(note="快")  # numbered later, committed earlier

    meanwhile, token = follow(reader, "bookings", token, waits=False)
    assert meanwhile == []  # held back: the boundary is the slow writer
    let_go.set()
    thread.join(20)
    found, token = follow(reader, "bookings", token)
    assert sorted(found) == sorted([slow.pk, quick.pk])
    assert follow(reader, "bookings", token)[0] == []


def test_every_noun_tells_its_changes(town, reader):
    """Each table of a resource and each part has its stamp."""
    for noun, resource in NOUNS.items():
        if hasattr(resource, "rows") and hasattr(resource.rows, "model"):
            answer = reader.get(f"/api/v1/{noun}/", {"modified_since": "w1"})
            assert answer.status_code == 200, (noun, answer.content)
            assert answer.json()["deleted"] == []


def test_pages_of_a_walk_are_one_walk(town, reader):
    classes = [a_class(town.school, number=10 + n).pk for n in range(7)]
    found, token = follow(reader, "classes", "w0", limit=2)
    assert set(classes) < set(found)
    assert len(found) == len(set(found))
    assert follow(reader, "classes", token, limit=2)[0] == []
    everything, _token = follow(reader, "classes", limit=2)
    assert everything == sorted(found)


def test_what_is_shown_inside_counts(town, reader):
    agreement = partnerships.an_agreement(town.venue, [town.school])
    _keys, schools = follow(reader, "schools")
    _keys, agreements = follow(reader, "agreements")
    Organisation.objects.filter(pk=town.school.pk).update(name_en="Renamed")
    AgreementParty.objects.filter(agreement=agreement, position=1).update(signer="校长")
    assert follow(reader, "schools", schools)[0] == [town.school.pk]
    assert follow(reader, "agreements", agreements)[0] == [agreement.pk]


def test_what_was_deleted_is_told_inside_the_district_only(town, reader):
    term = partnerships.a_term(town.district)
    pact = Agreement.objects.get(pk=partnerships.an_agreement(town.venue, [town.school]).pk)
    promise = Commitment.objects.create(
        agreement=pact, party=pact.parties.get(position=0), term=term, kind="courses", promised=2
    )
    _keys, token = follow(reader, "commitments")
    key = str(promise.pk)
    promise.delete()
    settle()
    assert reader.get("/api/v1/commitments/", {"modified_since": token}).json()["deleted"] == [key]
    stranger = api(a_token(a_client(a_town().district)))
    assert stranger.get("/api/v1/commitments/", {"modified_since": token}).json()["deleted"] == []


def test_an_instant_is_translated_by_the_marks(town, reader, clock):
    first = a_booking(town, a_session(town.venue))
    settle()
    following.mark()
    clock.forward(minutes=10)
    asked = clock.now().isoformat()
    clock.forward(minutes=1)
    Booking.objects.filter(pk=first.pk).update(note="改")
    assert follow(reader, "bookings", asked)[0] == [first.pk]
    settle()
    following.mark()
    clock.forward(minutes=1)
    assert follow(reader, "bookings", clock.now().isoformat())[0] == []
    assert follow(reader, "bookings", "2020-01-01T00:00:00Z")[0] == [first.pk]  # before all marks: everything


def test_marks_of_long_ago_are_forgotten(clock):
    following.mark()
    clock.forward(days=41)
    following.mark()
    assert Watermark.objects.count() == 1


def test_a_session_s_counter_stays_cheap(town):
    """Its stamp has no index: taking a place rewrites one row and no index entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename IN ('activities_session', 'credits_account')")
        assert not [line for (line,) in cursor.fetchall() if "changed_in" in line]
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'activities_booking' AND indexdef LIKE '%changed_in%'"
        )
        assert cursor.fetchone() == (1,)
