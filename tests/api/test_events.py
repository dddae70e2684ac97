"""The event feed: one order, a cursor that goes on, only what scopes open, nothing of another district."""

import pytest

from people import events
from people.models import Event
from people.roles import Role
from tests.factories import people
from tests.factories.api import a_client, a_token, api
from tests.factories.people import login

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/events/"


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Tests write in one transaction: let what it wrote itself count as settled."""
    monkeypatch.setattr("people.models.event.Horizon", lambda: 2**62)


@pytest.fixture
def district():
    return people.district()


class Row:
    def __init__(self, pk):
        self.pk = pk


def happens(district, *codes, first=1):
    for pk, code in enumerate(codes, start=first):
        events.tell(code, Row(pk), districts=[district.pk])


def ask(client, **query):
    answer = client.get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_follower_reads_each_event_once_and_goes_on(district):
    reader = api(a_token(a_client(district)))
    happens(district, *["booking.confirmed"] * 5)
    first = ask(reader, limit=2)
    second = ask(reader, limit=2, cursor=first["next"])
    third = ask(reader, limit=2, cursor=second["next"])
    assert [[row["data"]["id"] for row in page["results"]] for page in (first, second, third)] == [
        ["1", "2"],
        ["3", "4"],
        ["5"],
    ]
    assert [page["more"] for page in (first, second, third)] == [True, True, False]
    assert ask(reader, cursor=third["next"]) == {"results": [], "next": third["next"], "more": False}
    happens(district, "booking.cancelled", first=6)
    assert [row["type"] for row in ask(reader, cursor=third["next"])["results"]] == ["booking.cancelled"]


def test_an_event_is_thin(district):
    happens(district, "booking.confirmed")
    (row,) = ask(api(a_token(a_client(district))))["results"]
    event = Event.objects.get()
    assert row == {
        "id": event.pk,
        "type": "booking.confirmed",
        "timestamp": event.at.isoformat(),
        "data": {"type": "booking", "id": "1", "district": district.pk},
    }


def test_scopes_and_types_cut_it(district):
    happens(district, "booking.confirmed", "session.opened", "agreement.filed")
    narrow = api(a_token(a_client(district, "events:read", "sessions:read", "agreements:read")))
    assert [row["type"] for row in ask(narrow)["results"]] == ["session.opened", "agreement.filed"]
    assert [row["type"] for row in ask(narrow, type=["agreement.filed", "booking.confirmed"])["results"]] == [
        "agreement.filed"
    ]
    none = api(a_token(a_client(district, "sessions:read"))).get(ADDRESS)
    assert (none.status_code, none.json()["scope"]) == (403, "events:read")


def test_another_district_s_events_are_not_there(district):
    happens(people.district(), "booking.confirmed")
    assert ask(api(a_token(a_client(district))))["results"] == []


def test_from_now_on(district):
    reader = api(a_token(a_client(district)))
    happens(district, "booking.confirmed")
    assert ask(reader, start="now")["results"] in ([], ask(reader)["results"])  # the test is one transaction
    assert ask(reader, start="now")["more"] is False


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsense"}, {"cursor": "ZTI6MTox"}, {"cursor": "ZTE6LTE6MQ"}, {"limit": "0"}, {"limit": "501"},
        {"limit": "x"}, {"type": "booking.renamed"}, {"start": "yesterday"}, {"cursor": "Ä"},
    ],
)  # fmt: skip
def test_nonsense_is_a_problem(district, query):
    answer = api(a_token(a_client(district))).get(ADDRESS, query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_people_read_it_in_the_bureau_only(client, district):
    happens(district, "booking.confirmed")
    login(client, people.hat(Role.BUREAU_OFFICER, of=district))
    assert len(ask(client)["results"]) == 1
    login(client, people.hat(Role.INSPECTOR, of=district))
    assert client.get(ADDRESS).status_code == 403


def test_the_order_is_that_of_the_transactions():
    """Not that of the clock: `at` may run ahead in a slow writer."""
    assert str(Event.objects.settled().after(1, 2).query).count("ORDER BY") == 1
    assert Event.objects.settled().query.order_by == ("xid", "pk")
