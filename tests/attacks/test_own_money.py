"""One person in two hats: the counselor who is also the host's coordinator, or an officer of the bureau that pays."""

import pytest

from activities import hours, settlement
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import people
from tests.factories.hours import a_given, confirmed, officers, rate, ripe, term_of
from tests.world import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(clock):
    clock.to(TODAY)
    return a_given()


def as_well(given, role, at):
    """The counselor of `given` in a second hat."""
    return people.actor(people.hat(role, at=at, who=given.counselor.person))


def code_of(act):
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def test_nobody_confirms_hours_of_their_own(given):
    own = as_well(given, Role.COORDINATOR, given.school.organisation)
    assert code_of(lambda: hours.confirm(given.assignment, by=own, minutes=720, kind="paid")) == "service.own"
    record = confirmed(given)
    hours.object_to(record, by=given.person, reason="少算了")
    answer = {"minutes": 720, "kind": "paid", "reason": "更正"}
    assert code_of(lambda: hours.answer(record, by=own, **answer)) == "service.own"
    record.refresh_from_db()
    assert (record.paid_minutes, record.state) == (80, "objected")
    hours.answer(record, by=given.host, **answer)


def test_nobody_approves_a_settlement_with_pay_of_their_own(given, clock):
    record = ripe(clock, confirmed(given))
    first, second = officers(given.district)
    rate(given.district)
    batch = settlement.open_batch(term_of(given), by=first)
    assert batch.lines.filter(record=record).exists()
    settlement.submit(batch, by=first)
    own = as_well(given, Role.BUREAU_OFFICER, first.organisation)
    assert code_of(lambda: settlement.approve(batch, by=own)) == "settlement.own"
    batch.refresh_from_db()
    assert batch.state == "checking"
    settlement.approve(batch, by=second)
