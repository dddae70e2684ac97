"""Which group goes into which room so that all of them fit: pure arithmetic, no rules and no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MOST_STEPS = 20_000  # of a search; six classes need a few dozen


@dataclass(frozen=True)
class Room:
    """A session as a container: its places, whether they count heads or groups, and the budgets it draws from."""

    seats: int
    counts_heads: bool = True
    budgets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Budget:
    """What several rooms share: groups and heads that a venue still receives in a half-day. None: as many as fit."""

    groups: int | None = None
    heads: int | None = None


@dataclass
class _Search:
    heads: Sequence[int]
    rooms: Sequence[Room]
    budgets: dict[str, Budget]
    may: Callable[[int, int], bool]
    steps: int = 0
    chosen: dict[int, int] = field(default_factory=dict)

    def place(self, order: Sequence[int]) -> bool:
        """Depth first: each group into the first room that takes it, back where the rest does not fit."""
        if not order:
            return True
        if self._are_too_many(order):
            return False
        group, rest = order[0], order[1:]
        tried = set()
        for number, room in enumerate(self.rooms):
            left = (self._seats(number), self._of_budgets(room), room.counts_heads, room.budgets)
            twin = (left, tuple(self.may(other, number) for other in order))
            if twin in tried or not self.may(group, number) or not self._fits(group, room, left[0]):
                continue
            tried.add(twin)  # a room like one that has failed fails as well
            self.steps += 1
            if self.steps > MOST_STEPS:
                return False
            self.chosen[group] = number
            if self.place(rest):
                return True
            del self.chosen[group]
        return False

    def _are_too_many(self, order: Sequence[int]) -> bool:
        """More pupils than places in all rooms together: no search will change that."""
        if not all(room.counts_heads for room in self.rooms):
            return False
        return sum(self.heads[group] for group in order) > sum(self._seats(number) for number in range(len(self.rooms)))

    def _fits(self, group: int, room: Room, seats: int) -> bool:
        if seats < (self.heads[group] if room.counts_heads else 1):
            return False
        return all(
            (groups is None or groups >= 1) and (heads is None or heads >= self.heads[group])
            for groups, heads in self._of_budgets(room)
        )

    def _seats(self, number: int) -> int:
        room = self.rooms[number]
        inside = [self.heads[group] for group, where in self.chosen.items() if where == number]
        return room.seats - (sum(inside) if room.counts_heads else len(inside))

    def _of_budgets(self, room: Room) -> tuple[tuple[int | None, int | None], ...]:
        found = []
        for name in room.budgets:
            inside = [self.heads[group] for group, where in self.chosen.items() if name in self.rooms[where].budgets]
            budget = self.budgets[name]
            found.append(
                (
                    None if budget.groups is None else budget.groups - len(inside),
                    None if budget.heads is None else budget.heads - sum(inside),
                )
            )
        return tuple(found)


def pack(
    heads: Sequence[int],
    rooms: Sequence[Room],
    *,
    budgets: dict[str, Budget] | None = None,
    may: Callable[[int, int], bool] = lambda group, room: True,
) -> list[int] | None:
    """The room of each group, so that all fit; None where they do not.

    `may(group, room)` says whether other rules let a group into a room. Groups stay in their order where that fits
    (neighbouring classes go together); else the largest are placed first.
    """
    as_given = range(len(heads))
    for order in (list(as_given), sorted(as_given, key=lambda group: -heads[group])):
        search = _Search(heads, rooms, budgets or {}, may)
        if search.place(order):
            return [search.chosen[group] for group in as_given]
    return None
