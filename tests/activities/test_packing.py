"""Which group goes into which room: what fits is found, what is found fits."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.packing import Budget, Room, pack


def test_neighbours_stay_together_where_they_fit():
    assert pack([43, 43, 43, 43], [Room(90), Room(90)]) == [0, 0, 1, 1]


def test_the_largest_goes_first_where_the_order_does_not_fit():
    assert pack([20, 30, 40], [Room(50), Room(40)]) == [0, 0, 1]
    assert pack([20, 40, 30], [Room(50), Room(40)]) == [0, 1, 0]


def test_a_room_of_groups_counts_groups():
    assert pack([43, 43, 43], [Room(2, counts_heads=False), Room(43)]) == [0, 0, 1]


def test_what_a_venue_receives_in_a_day_is_shared_by_its_sessions():
    rooms = [Room(100, budgets=("day", "am")), Room(100, budgets=("day", "pm"))]
    quota = {"day": Budget(groups=3), "am": Budget(heads=50), "pm": Budget()}
    assert pack([40, 40, 40], rooms, budgets=quota) == [0, 1, 1]
    assert pack([40, 40, 40, 40], rooms, budgets=quota) is None


def test_a_group_goes_where_the_rules_let_it():
    assert pack([5, 5], [Room(20), Room(20)], may=lambda group, room: group == 0 or room == 1) == [0, 1]


@settings(max_examples=60, deadline=None)
@given(
    heads=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    seats=st.lists(st.integers(0, 14), min_size=1, max_size=3),
    quota=st.none() | st.integers(0, 30),
    allowed=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 2))),
)
def test_pack_finds_a_place_for_all_exactly_where_there_is_one(heads, seats, quota, allowed):
    """Against every way of placing them, tried one by one."""
    rooms = [Room(count, budgets=("day",)) for count in seats]

    def good(where):
        inside = all(
            sum(h for h, w in zip(heads, where, strict=True) if w == n) <= count for n, count in enumerate(seats)
        )
        return inside and (quota is None or sum(heads) <= quota) and all(pair in allowed for pair in enumerate(where))

    found = pack(heads, rooms, budgets={"day": Budget(heads=quota)}, may=lambda group, room: (group, room) in allowed)
    possible = any(good(where) for where in itertools.product(range(len(seats)), repeat=len(heads)))
    assert (found is not None) == possible
    assert found is None or good(found)


def test_more_pupils_than_places_are_not_searched_for():
    def may(group, room):
        raise AssertionError("asked for nothing")

    assert pack([40 + n % 9 for n in range(30)], [Room(200), Room(201), Room(202)], may=may) is None
