"""Whose turn it is: a pure decision about one session's waiting list, so that it can be tried by the thousand.

Whoever is first and fits gets places. Who does not fit is passed over for a later one that does, at most K times;
then the freed places gather for it, until the last call, when no place may stay empty that somebody waiting fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Waiting:
    """One group in line. `places` it needs, `smallest` it would take, how often it was passed over.

    `sizes` are the places that its parts need (whole classes stay together); none given: any number is a part.
    `heads` are its pupils where a place takes a whole group; 0: each takes a place.
    """

    key: int
    places: int
    smallest: int
    skipped: int = 0
    is_entitled: bool = False
    sizes: frozenset[int] = frozenset()
    heads: int = 0

    def fitting(self, free: int, heads: int | None = None) -> int:
        """The most places that it can use of so many free ones, where so many heads are received; 0: no part fits."""
        if self.heads:
            return self.places if self.places <= free and (heads is None or self.heads <= heads) else 0
        free = free if heads is None else min(free, heads)
        if self.places <= free:
            return self.places
        if not self.sizes:
            return free if free >= self.smallest else 0
        return max((size for size in self.sizes if self.smallest <= size <= free), default=0)


@dataclass(frozen=True)
class Turn:
    """What to offer, in order; how often each was passed over by that; for whom the free places gather, if for anybody."""

    offers: tuple[tuple[int, int], ...]
    passed: dict[int, int] = field(default_factory=dict)
    gathers: int | None = None

    @property
    def concerned(self) -> set[int]:
        found = {key for key, _places in self.offers} | set(self.passed)
        return found if self.gathers is None else found | {self.gathers}


def turn(
    line: Sequence[Waiting],
    *,
    free: int,
    held: int,
    most_skips: int,
    is_last_call: bool,
    groups: int | None = None,
    heads: int | None = None,
) -> Turn:
    """Offers for a line in its order. `free` are all free places, `held` those of them only for entitled schools.

    `groups` and `heads` are what the venue still receives that day, None: as many as fit. Nobody is passed over where
    only held-back places go, which were never open to it, nor in the last call, which is about empty places.
    """
    is_day_short = groups is not None or heads is not None  # then held-back places too take what others wait for
    offers: list[tuple[int, int]] = []
    behind: list[Waiting] = []
    passed: dict[int, int] = {}
    for one in line:
        places = 0 if groups == 0 else one.fitting(free if one.is_entitled else free - held, heads)
        if places <= 0:
            behind.append(one)
            continue
        of_held = min(held, places) if one.is_entitled else 0
        if (places > of_held or is_day_short) and not is_last_call:
            full = next((each for each in behind if each.skipped + passed.get(each.key, 0) >= most_skips), None)
            if full is not None:
                return Turn(tuple(offers), passed, full.key)
            for each in behind:
                passed[each.key] = passed.get(each.key, 0) + 1
        offers.append((one.key, places))
        held -= of_held
        free -= places
        groups = None if groups is None else groups - 1
        heads = None if heads is None else heads - (one.heads or places)
    return Turn(tuple(offers), passed)


def parts(sizes: Mapping[int, int], *, most: int) -> dict[int, tuple[int, ...]]:
    """Every number of pupils, up to `most`, that some of these classes make together, each with one such choice."""
    found: dict[int, tuple[int, ...]] = {0: ()}
    for key, size in sizes.items():
        for total, chosen in list(found.items()):
            if total + size <= most:
                found.setdefault(total + size, (*chosen, key))
    del found[0]
    return found
