"""Dated acts, run in order with the clock at each one's instant."""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable

from portal.lib import clock


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A local time on a day, as an instant."""
    return clock.moment(day, dt.time(hour, minute))


class Agenda:
    """An act may add further acts, later ones only."""

    def __init__(self) -> None:
        self._acts: list[tuple[dt.datetime, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def at(self, instant: dt.datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self._acts, (instant, next(self._order), act))

    def run(self, *, until: dt.datetime) -> int:
        """Do what is due before `until`; returns how many acts that were."""
        done = 0
        while self._acts and self._acts[0][0] <= until:
            instant, _n, act = heapq.heappop(self._acts)
            with clock.at(instant):
                act()
            done += 1
        return done
