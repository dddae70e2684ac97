"""What may become of a booking, a session or a counselor when an agreement ends; said beforehand, then done.

Everything touched is a row with options, the proposed one first. A plan holds one option for each row, by its name.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from activities.models import Assignment, Booking, Session
from partnerships.models import Agreement


class Act(models.TextChoices):
    SUSPEND = "suspend", pgettext_lazy("ending", "suspend")
    TERMINATE = "terminate", pgettext_lazy("ending", "terminate")
    LEAVE = "leave", pgettext_lazy("ending", "leave")
    SHORTEN = "shorten", pgettext_lazy("ending", "shorten")


class What(models.TextChoices):
    KEEP = "keep", pgettext_lazy("impact", "keep")
    MOVE = "move", pgettext_lazy("impact", "move")
    CANCEL = "cancel", pgettext_lazy("impact", "cancel")


@dataclass(frozen=True)
class Change:
    """What is about to happen: from `on` the agreement carries nothing any more, for one school or for all."""

    act: str
    on: dt.date
    school_id: int | None = None


@dataclass(frozen=True)
class Option:
    """One thing that may become of a row: its state afterwards, the session, and the agreement that a booking rests on."""

    what: str
    state: str
    session: Session
    agreement: Agreement | None = None
    move: str = ""  # the move that brings it about

    @property
    def key(self) -> str:
        """What a form sends back: all that was said beforehand about this row."""
        return f"{self.what}:{self.state}:{self.session.pk}:{self.agreement.pk if self.agreement else 0}"

    @property
    def wish(self) -> str:
        """The same without the states of the day: what can still be meant weeks later."""
        return f"{self.what}:{self.session.pk if self.what == What.MOVE else 0}"


Plan = Mapping[str, Option]


@dataclass(frozen=True)
class Row:
    """Something that is touched, with what may become of it."""

    kind: ClassVar[str]
    options: tuple[Option, ...]

    @property
    def pk(self) -> int:
        raise NotImplementedError

    @property
    def name(self) -> str:
        """Of its field in a form."""
        return f"{self.kind}_{self.pk}"

    @property
    def is_open(self) -> bool:
        """There is something to choose; what has one option only follows from the other choices."""
        return len(self.options) > 1

    def key_of(self, option: Option) -> str:
        return option.key

    def option(self, key: str) -> Option | None:
        return next((one for one in self.options if self.key_of(one) == key), None)

    @property
    def keys(self) -> list[tuple[str, Option]]:
        return [(self.key_of(option), option) for option in self.options]


@dataclass(frozen=True)
class Touched(Row):
    """A booking to come that would lose its agreement."""

    kind = "booking"
    booking: Booking
    reserved: Mapping[int, int]  # by commitment

    @property
    def pk(self) -> int:
        return self.booking.pk

    @property
    def is_open(self) -> bool:
        """Said even where nothing else is possible: somebody's visit is not decided in passing."""
        return True

    def key_of(self, option: Option) -> str:
        return f"{option.key}:{self.booking.pupils}"


@dataclass(frozen=True)
class TouchedSession(Row):
    """A session of touched bookings, or one closed for a school that the agreement no longer brings there."""

    kind = "session"
    session: Session
    groups: int  # that still come to it

    @property
    def pk(self) -> int:
        return self.session.pk


@dataclass(frozen=True)
class TouchedAssignment(Row):
    """A counselor who is asked for, has applied to, or is coming to a touched session."""

    kind = "assignment"
    assignment: Assignment

    @property
    def pk(self) -> int:
        return self.assignment.pk


@dataclass(frozen=True)
class Outcome:
    """What a plan comes to, in rows that can be compared with the database afterwards."""

    bookings: dict[int, tuple[str, int, int | None]]  # state, session, agreement
    sessions: dict[int, str]  # state
    assignments: dict[int, tuple[str, int]]  # state, session
    reserved: dict[int, int]  # more or less, by commitment
    released: dict[int, int]
