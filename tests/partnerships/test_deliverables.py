"""What no booking delivers: entered by one side with evidence, confirmed by the other, counted only then."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partnerships import deliverables
from partnerships.agreements import Promise
from partnerships.models import Commitment, Deliverable
from people.models import Notice
from people.roles import Role
from portal import books, duties
from portal.lib import clock
from portal.lib.errors import Refused
from tests.breaking import change, refused_as
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def promised(sides):
    term = make.a_term(sides["district"])
    kinds = ("courses", 2, True), ("visits", 9, False)
    promises = [Promise(sides["venue"].pk, term, kind, amount, ceiling) for kind, amount, ceiling in kinds]
    agreement = make.an_agreement(sides["venue"], [sides["one"], sides["two"]], promises=promises)
    return agreement.commitments.get(kind="courses")


def enter(commitment, by, **fields):
    given = {
        "title": "水培课程包",
        "happened_on": clock.today(),
        "evidence": "课程编号 3 号",
        "request_key": uuid.uuid4(),
    }
    return deliverables.enter(commitment, by=by, **given | fields)


def delivered():
    return Commitment.objects.values_list("delivered", flat=True).get(kind="courses")


@pytest.mark.notice("deliverable_to_confirm", "deliverable_confirmed")
def test_it_counts_once_the_other_side_has_confirmed(sides, promised):
    record = enter(promised, sides["museum"], scan=make.PDF, file_name="目录.pdf")
    assert delivered() == 0
    readers = set(Notice.objects.filter(kind="deliverable_to_confirm").values_list("user", flat=True))
    assert readers == {sides["first"].user.pk, sides["second"].user.pk}
    deliverables.confirm(record, by=sides["first"])
    assert delivered() == 1
    assert Notice.objects.filter(kind="deliverable_confirmed", user=sides["museum"].user).exists()
    assert list(books.problems()) == []


@pytest.mark.notice("deliverable_turned_down")
def test_it_counts_no_more_when_the_confirmation_is_taken_back(sides, promised):
    record = deliverables.confirm(enter(promised, sides["museum"]), by=sides["first"])
    deliverables.take_back(record, by=sides["second"], reason="课程尚未完成")
    assert (delivered(), record.state) == (0, "turned_down")
    assert Notice.objects.filter(kind="deliverable_turned_down").exists()
    assert list(books.problems()) == []


def test_nobody_confirms_the_own_word_nor_that_of_another_school(sides, promised):
    own, of_school = enter(promised, sides["museum"]), enter(promised, sides["first"])
    for record, by in ((own, "museum"), (of_school, "first"), (of_school, "second")):
        with pytest.raises(PermissionDenied):
            deliverables.confirm(record, by=sides[by])
    deliverables.confirm(of_school, by=sides["museum"])
    assert delivered() == 1


def test_more_than_a_ceiling_is_refused(sides, promised):
    deliverables.confirm(enter(promised, sides["museum"], amount=2), by=sides["first"])
    with pytest.raises(Refused) as no:
        deliverables.confirm(enter(promised, sides["museum"]), by=sides["first"])
    assert (no.value.code, delivered()) == ("commitment_within_ceiling", 2)


def test_what_bookings_deliver_and_days_elsewhere_are_refused(sides, promised):
    visits = promised.agreement.commitments.get(kind="visits")
    refused = []
    for commitment, fields in (
        (visits, {}),
        (promised, {"happened_on": clock.today() + dt.timedelta(days=1)}),
        (promised, {"happened_on": clock.today() - dt.timedelta(days=300)}),
        (promised, {"evidence": ""}),
    ):
        with pytest.raises(Refused) as no:
            enter(commitment, sides["museum"], **fields)
        refused.append(no.value.code)
    assert refused == ["deliverable.kind", "deliverable.day", "deliverable.day", "deliverable_has_evidence"]


def test_the_same_form_twice_is_one_record(sides, promised):
    key = uuid.uuid4()
    assert enter(promised, sides["museum"], request_key=key) == enter(promised, sides["museum"], request_key=key)
    assert Deliverable.objects.count() == 1


@pytest.mark.guards("deliverable_entered_once")
@pytest.mark.guards("deliverable_counts")
@pytest.mark.guards("deliverable_has_evidence")
@pytest.mark.guards("deliverable_answered_whole")
@pytest.mark.guards("deliverable_two_sides")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("deliverable_counts", "amount = 0"),
        ("deliverable_has_evidence", "evidence = ''"),
        ("deliverable_answered_whole", "state = 'confirmed'"),
        ("deliverable_two_sides", "state = 'confirmed', answered_by_id = entered_by_id, answered_at = now()"),
        (
            "deliverable_entered_once",
            "request_key = (SELECT min(request_key::text)::uuid FROM partnerships_deliverable)",
        ),
    ],
)
def test_the_database_refuses(sides, promised, name, settings):
    pair = sorted((enter(promised, sides["museum"]) for _n in range(2)), key=lambda row: str(row.request_key))
    with refused_as(name):
        change("partnerships_deliverable", pair[1].pk, settings)


def test_pages_from_the_form_to_the_confirmation(client, sides, promised):
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    address = reverse("partnerships:deliverable-new", args=[promised.agreement.pk])
    assert list(client.get(address).context["form"].fields["commitment"].queryset) == [promised]
    fields = {"commitment": promised.pk, "title": "水培课程包", "happened_on": clock.today().isoformat(), "amount": 1}
    assert client.post(address, fields).context["form"].errors  # no evidence
    page = client.post(address, fields | {"evidence": "课程编号 3 号", "request_key": str(uuid.uuid4())}).url
    record = Deliverable.objects.get()
    assert page == f"/deliverables/{record.pk}/"
    assert client.get(page).context["moves"] == {"withdraw"}
    people.login(client, people.hat(Role.COORDINATOR, at=sides["one"].organisation))
    assert client.get(page).context["moves"] == {"confirm", "turn_down"}
    client.post(f"{page}confirm/")
    assert delivered() == 1
    shown = client.get(reverse("activities:agreement-delivery", args=[promised.agreement.pk]), {"kind": "courses"})
    assert list(shown.context["records"]) == [record]
    people.login(client, people.hat(Role.COORDINATOR))
    assert client.get(page).status_code == 404


def test_it_waits_for_the_other_side_on_the_first_page(sides, promised):
    enter(promised, sides["museum"])
    waiting = {name: duties.records_to_confirm(sides[name]).count() for name in ("museum", "first", "second")}
    assert waiting == {"museum": 0, "first": 1, "second": 1}
