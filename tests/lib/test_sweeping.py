"""Sweeps: one row that can't be settled keeps none of the others."""

import pytest
from django.db import IntegrityError

from activities import final_counts, following, held_back, members, no_shows
from portal.lib import sweeping
from portal.lib.errors import Refused


def test_what_is_refused_or_broken_is_left_and_all_others_are_done():
    done = []

    def act(row: int) -> bool:
        if row == 2:
            raise Refused("busy", "later")
        if row == 3:
            raise IntegrityError("broken")
        done.append(row)
        return row != 5  # somebody else was faster

    assert (sweeping.each([1, 2, 3, 4, 5], act), done) == (2, [1, 4, 5])


@pytest.mark.parametrize(
    ("module", "rows", "act", "run"),
    [
        (no_shows, "NoShow.objects.undisputed", "settle", "sweep"),
        (final_counts, "_to_lose", "lose", "run"),
        (members, "due", "follow", "sweep"),
        (following, "due", "reopen", "reopen_due"),
    ],
)
def test_every_sweep_goes_on_after_a_row_that_fails(module, rows, act, run, monkeypatch):
    def failing(row: int) -> int:
        if row == 1:
            raise Refused("busy", "later")
        return row

    where, _dot, name = rows.rpartition(".")
    owner = module
    for part in filter(None, where.split(".")):
        owner = getattr(owner, part)
    monkeypatch.setattr(owner, name, lambda: [1, 2])
    monkeypatch.setattr(module, act, failing)
    if module is final_counts:
        monkeypatch.setattr(module, "_to_ask", list)
    assert getattr(module, run)() == 2


def test_held_back_places_are_released_one_by_one(monkeypatch):
    released = []

    def failing(row: int) -> bool:
        released.append(row)
        if row == 1:
            raise Refused("busy", "later")
        return True

    monkeypatch.setattr(held_back, "release", failing)
    monkeypatch.setattr(held_back, "_ripe", lambda: Ordered([1, 2]))
    assert (held_back.release_due(), released) == (1, [1, 2])


class Ordered(list):
    def order_by(self, *fields: str) -> "Ordered":
        return self
