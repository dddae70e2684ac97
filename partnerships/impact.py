"""影响范围 of a supplement: higher apps count what it touches, and follow when it comes into force. No import goes up."""

from collections.abc import Callable

from partnerships.models import Agreement
from people.actors import Actor

Counter = Callable[[Agreement, Actor], int]
Follower = Callable[[Agreement, Actor], None]
COUNTERS: list[Counter] = []
FOLLOWERS: list[Follower] = []


def count(function: Counter) -> Counter:
    """Register a source: supplement, reader → how many bookings and dates of theirs the agreement then carries no more."""
    COUNTERS.append(function)
    return function


def follows(function: Follower) -> Follower:
    """Register what happens, in the same transaction, when a supplement has changed its agreement."""
    FOLLOWERS.append(function)
    return function


def touched(amendment: Agreement, actor: Actor) -> int:
    return sum(function(amendment, actor) for function in COUNTERS)


def follow(amendment: Agreement, *, by: Actor) -> None:
    """Called by the verb that puts the supplement into force, with the agreement's new dates and promises in place."""
    for function in FOLLOWERS:
        function(amendment, by)
