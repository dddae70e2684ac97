"""The ledger over any history of rolls, results, corrections and withdrawals, in any order of posting."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credits import books, ledger, results, sweep, verify
from credits.models import Account, Chain, CreditRule, Entry, Result
from people.actors import SYSTEM
from portal.lib import clock
from tests.factories import credits as make

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 12, 18, 9, tzinfo=make.SHANGHAI)
FACTS = st.lists(st.sampled_from(["EXP", "LEC", "FES", "CMP"]), min_size=1, max_size=7)
ACTS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["post", "take", "give"])), max_size=14)
LIGHT = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def facts_of(world, codes) -> list:
    return [make.took_part(world)[0] if code == "CMP" else make.attended(world, code) for code in codes]


def take(world, fact) -> None:
    """It was not so after all."""
    if isinstance(fact, Result):
        fact.refresh_from_db()
        if fact.state == Result.State.CONFIRMED:
            results.withdraw(fact, why="误录", by=SYSTEM)
    else:
        make.correct(fact, world.pupils[0], mark="absent")


def give(world, fact) -> None:
    """It was so."""
    if isinstance(fact, Result):
        fact.refresh_from_db()
        if fact.state == Result.State.WITHDRAWN:
            results.restore(fact, by=SYSTEM)
    else:
        make.correct(fact, world.pupils[0], mark="present", task_sheet=True)


def holds(world) -> None:
    """What must be true at any moment."""
    pupil = world.pupils[0].pk
    entries = list(Entry.objects.filter(account=pupil).order_by("n").select_related("rule", "reverses"))
    account = Account.objects.filter(pk=pupil).first()
    assert sum(entry.points for entry in entries) == (account.balance if account else 0)
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
    for rule in CreditRule.objects.filter(district=world.district):
        own = sum(entry.points for entry in entries if entry.rule.code == rule.code)
        assert 0 <= own <= rule.cap_year
    by_fact: dict = {}
    for entry in entries:
        by_fact.setdefault((entry.roll_entry_id, entry.result_id), []).append(entry)
    for of_one in by_fact.values():
        awards = [entry for entry in of_one if not entry.is_reversal]
        assert [entry.nth for entry in awards] == list(range(1, len(awards) + 1))
        assert [entry.is_reversal for entry in of_one] == [i % 2 == 1 for i in range(len(of_one))]
        for award, reversal in zip(of_one[::2], of_one[1::2], strict=False):
            assert (reversal.reverses_id, reversal.points, reversal.nth) == (award.pk, -award.points, award.nth)
    for chain in Chain.objects.filter(district=world.district):
        assert verify.first_fault(chain) is None


@LIGHT
@given(codes=FACTS, acts=ACTS)
def test_any_history_keeps_caps_sums_and_exact_reversals(codes, acts):
    with clock.at(NOW):
        world = make.world(pupils=1)
        facts = facts_of(world, codes)
        for number, act in acts:
            fact = facts[number % len(facts)]
            if act == "post":
                ledger.post(fact)
            else:
                {"take": take, "give": give}[act](world, fact)
            holds(world)
        sweep.run()
        holds(world)
        assert sweep.run().posted == 0
        assert list(books.problems()) == []


@LIGHT
@given(codes=FACTS, order=st.randoms(use_true_random=False))
def test_order_of_posting_never_changes_how_much_is_earned_under_equal_points(codes, order):
    """Each code has one value: whichever of its facts comes first, as many fit under the cap."""
    with clock.at(NOW):
        one, other = make.world(pupils=1), make.world(pupils=1)
        for fact in facts_of(one, codes):
            ledger.post(fact)
        facts = facts_of(other, codes)
        order.shuffle(facts)
        for fact in facts:
            ledger.post(fact)
        sums = [
            sum(Entry.objects.filter(school=world.school).values_list("points", flat=True)) for world in (one, other)
        ]
        assert sums[0] == sums[1]
