"""Random keys that leave the house (pupils, requests), so that the seed can draw them from its own dice."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_dice: ContextVar[random.Random | None] = ContextVar("dice", default=None)


def fresh() -> uuid.UUID:
    """A new random key; inside `drawn_from` the next one of its dice."""
    dice = _dice.get()
    return uuid.UUID(int=dice.getrandbits(128), version=4) if dice else uuid.uuid4()


@contextmanager
def drawn_from(dice: random.Random) -> Iterator[None]:
    """Same dice, same keys: the demo of one day is the same wherever it is seeded."""
    token = _dice.set(dice)
    try:
        yield
    finally:
        _dice.reset(token)
