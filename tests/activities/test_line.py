"""Whose turn it is, as a pure decision: examples, and properties over any line."""

from hypothesis import given
from hypothesis import strategies as st

from activities.line import Waiting, parts, turn


def ask(line, free, *, held=0, skips=3, last=False):
    return turn(line, free=free, held=held, most_skips=skips, is_last_call=last)


def test_the_first_who_fits_gets_all_it_needs():
    assert ask([Waiting(1, 20, 20), Waiting(2, 10, 10)], 25).offers == ((1, 20),)


def test_two_who_fit_are_both_served_in_order():
    assert ask([Waiting(1, 20, 20), Waiting(2, 10, 10)], 30).offers == ((1, 20), (2, 10))


def test_who_does_not_fit_is_passed_over_and_counted():
    found = ask([Waiting(1, 42, 42), Waiting(2, 10, 10)], 20)
    assert (found.offers, found.passed) == (((2, 10),), {1: 1})


def test_each_group_served_before_it_counts_once():
    found = ask([Waiting(1, 42, 42), Waiting(2, 10, 10), Waiting(3, 10, 10)], 20)
    assert (found.offers, found.passed) == (((2, 10), (3, 10)), {1: 2})


def test_even_within_one_turn_nobody_is_passed_over_more_often_than_k():
    line = [Waiting(1, 42, 42, skipped=2), Waiting(2, 10, 10), Waiting(3, 10, 10)]
    found = ask(line, 20)
    assert (found.offers, found.passed, found.gathers) == (((2, 10),), {1: 1}, 1)


def test_only_parts_of_whole_classes_are_offered():
    assert parts({7: 15, 8: 31}, most=45) == {15: (7,), 31: (8,)}
    line = [Waiting(1, 46, 10, sizes=frozenset({15, 31, 46}))]
    assert ask(line, 14).offers == ()
    assert ask(line, 30).offers == ((1, 15),)
    assert ask(line, 45).offers == ((1, 31),)


def test_places_held_back_pass_over_nobody():
    line = [Waiting(1, 42, 42, skipped=3), Waiting(2, 10, 10, is_entitled=True)]
    found = ask(line, 20, held=10)
    assert (found.offers, found.passed, found.gathers) == (((2, 10),), {}, None)


def test_the_last_call_counts_nobody_as_passed_over():
    assert ask([Waiting(1, 42, 42), Waiting(2, 10, 10)], 20, last=True).passed == {}


def test_nobody_is_counted_as_passed_where_nobody_got_anything():
    found = ask([Waiting(1, 42, 42), Waiting(2, 30, 30)], 20)
    assert (found.offers, found.passed) == ((), {})


def test_after_k_times_the_places_gather_for_it():
    line = [Waiting(1, 42, 42, skipped=3), Waiting(2, 10, 10)]
    assert ask(line, 20).offers == ()
    assert ask(line, 20, last=True).offers == ((2, 10),)
    assert ask(line, 42).offers == ((1, 42),)


def test_a_part_that_the_school_would_take_is_offered():
    assert ask([Waiting(1, 42, 15), Waiting(2, 10, 10)], 20).offers == ((1, 20),)


def test_places_held_back_are_for_entitled_schools():
    line = [Waiting(1, 10, 10), Waiting(2, 10, 10, is_entitled=True)]
    assert ask(line, 10, held=10).offers == ((2, 10),)
    assert ask(line, 20, held=10).offers == ((1, 10), (2, 10))


groups = st.builds(
    lambda key, places, part, skipped, entitled: Waiting(key, places, min(part, places), skipped, entitled),
    st.integers(1, 10**6), st.integers(1, 60), st.integers(1, 60), st.integers(0, 5), st.booleans(),
)  # fmt: skip
lines = st.lists(groups, max_size=12, unique_by=lambda one: one.key)


@given(lines, st.integers(0, 120), st.integers(0, 120), st.integers(0, 4), st.booleans())
def test_any_line_is_served_within_what_is_free(line, free, held, skips, last):
    held = min(held, free)
    found = turn(line, free=free, held=held, most_skips=skips, is_last_call=last)
    by_key = {one.key: one for one in line}
    assert sum(places for _key, places in found.offers) <= free
    open_to_all = sum(places for key, places in found.offers if not by_key[key].is_entitled)
    assert open_to_all <= free - held + sum(p for k, p in found.offers if by_key[k].is_entitled)
    for key, places in found.offers:
        assert by_key[key].smallest <= places <= by_key[key].places
    assert len(dict(found.offers)) == len(found.offers)
    # who is passed over stands before somebody who is served, and was passed over less often than K (but at the end)
    order = [one.key for one in line]
    for key in found.passed:
        assert any(order.index(key) < order.index(served) for served, _places in found.offers)
        assert not last
        assert by_key[key].skipped + found.passed[key] <= max(skips, by_key[key].skipped)
    if found.gathers:
        assert by_key[found.gathers].skipped + found.passed.get(found.gathers, 0) >= skips


@given(lines, st.integers(0, 120), st.integers(0, 4))
def test_at_the_last_call_no_place_stays_empty_that_somebody_fits(line, free, skips):
    found = turn(line, free=free, held=0, most_skips=skips, is_last_call=True)
    served = dict(found.offers)
    left = free - sum(served.values())
    assert all(one.smallest > left for one in line if one.key not in served)
