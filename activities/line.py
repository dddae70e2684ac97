"""Whose turn it is: a pure decision about one session's waiting list, so that it can be tried by the thousand.

Whoever is first and fits gets places. Who does not fit is passed over for a later one that does, at most K times;
then the freed places gather for it, until the last call, when no place may stay empty that somebody waiting fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """One group in line. `places` it needs, `smallest` it would take, how often it was passed over."""

    key: int
    places: int
    smallest: int
    skipped: int = 0
    is_entitled: bool = False


@dataclass(frozen=True)
class Turn:
    """What to offer, in order, and who was passed over by that."""

    offers: tuple[tuple[int, int], ...]
    passed: tuple[int, ...]


def turn(line: Sequence[Waiting], *, free: int, held: int, most_skips: int, is_last_call: bool) -> Turn:
    """Offers for a line in its order. `free` are all free places, `held` those of them only for entitled schools."""
    offers: list[tuple[int, int]] = []
    waiting_behind: list[int] = []
    passed: list[int] = []
    for one in line:
        open_to_it = free if one.is_entitled else free - held
        places = min(one.places, open_to_it)
        if places < one.smallest or places <= 0:
            if one.skipped >= most_skips and not is_last_call:
                break
            waiting_behind.append(one.key)
            continue
        offers.append((one.key, places))
        passed, waiting_behind = [*passed, *waiting_behind], []
        if one.is_entitled:
            held -= min(held, places)
        free -= places
    return Turn(tuple(offers), tuple(passed))
