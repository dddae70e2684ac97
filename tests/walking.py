"""The `clock` fixture's walker."""

import contextlib
import datetime as dt


class Walk:
    """Holds the portal's clock at one instant and moves it."""

    def __init__(self, clock):
        self.clock, self.held = clock, contextlib.ExitStack()

    def __enter__(self):
        self.to(self.clock.now())
        return self

    def __exit__(self, *problem):
        self.held.close()

    def now(self) -> dt.datetime:
        return self.clock.now()

    def today(self) -> dt.date:
        return self.clock.today()

    def to(self, instant: dt.datetime) -> dt.datetime:
        """Hold the clock at `instant` (aware)."""
        self.held.close()
        self.held = contextlib.ExitStack()
        self.held.enter_context(self.clock.at(instant))
        return instant

    def forward(self, **delta) -> dt.datetime:
        """Move on by the words of timedelta: `clock.forward(days=2, hours=1)`."""
        return self.to(self.clock.now() + dt.timedelta(**delta))
