"""A roll as a page shows it: who is expected, what is marked, and the sentence that is confirmed before sending."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from activities import roll_names
from activities.models import Booking, Mark, RollChange, RollEntry
from activities.rollcall import Said, unnamed
from people.actors import Actor
from portal.lib import keys

OPEN = ""
WORDS = dict(Mark.choices) | {OPEN: pgettext_lazy("mark", "Not called")}
ORDER = [Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LEAVE, Mark.ABSENT, OPEN]
# In the sentence before sending; {n} is filled here and by static/js/roll.js alike.
PHRASES = {
    Mark.PRESENT: _("{n} present"),
    Mark.LATE: _("{n} late"),
    Mark.LEFT_EARLY: _("{n} left early"),
    Mark.LEAVE: _("{n} on leave"),
    Mark.ABSENT: _("{n} absent"),
    OPEN: _("{n} not called"),
}


@dataclass(frozen=True)
class Pupil:
    pk: int
    name: str
    number: str
    mark: str
    sheet: bool
    is_added: bool

    @property
    def word(self) -> str:
        return str(WORDS[self.mark])


@dataclass(frozen=True)
class Figure:
    mark: str
    word: str
    phrase: str
    count: int


@dataclass(frozen=True)
class Roll:
    """Everything the pages of one roll show. `by_name` says whether this reader sees names."""

    booking: Booking
    pupils: list[Pupil]
    by_name: bool
    unnamed: int
    heads: int | None  # pupils who came, of those without a name
    request_key: str
    acted_at: dt.datetime | None  # when the leader called it, as far as known

    @property
    def group(self) -> str:
        return self.booking.who

    @property
    def figures(self) -> list[Figure]:
        counts = Counter(pupil.mark for pupil in self.pupils)
        return [Figure(str(mark), str(WORDS[mark]), str(PHRASES[mark]), counts[mark]) for mark in ORDER]

    @property
    def expected(self) -> int:
        return len(self.pupils)

    @property
    def open(self) -> int:
        return sum(1 for pupil in self.pupils if pupil.mark == OPEN)

    @property
    def present(self) -> int:
        return sum(1 for pupil in self.pupils if pupil.mark == Mark.PRESENT)

    @property
    def exceptions(self) -> list[Pupil]:
        """Who was not simply there, absent first: somebody must know where the child is."""
        odd = [pupil for pupil in self.pupils if pupil.mark not in (Mark.PRESENT, OPEN)]
        return sorted(odd, key=lambda pupil: -ORDER.index(pupil.mark))

    @property
    def asks_sheet(self) -> bool:
        """A programme that earns credits may ask for a task sheet; the leader ticks it, whatever the rule."""
        programme = self.booking.session.programme
        return programme.needs_task_sheet or bool(programme.category)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Marks of the plain form, "not called" first."""
        return [(str(mark), str(WORDS[mark])) for mark in [OPEN, *ORDER[:-1]]]

    @property
    def summary(self) -> str:
        """应到 43 人：实到 41，迟到 1，请假 1。确认提交点名？"""
        if not self.pupils:
            return gettext("{heads} pupils came. Send the roll?").format(heads=self.heads or 0)
        comma = pgettext("between facts", ", ")
        rest = [figure for figure in self.figures if figure.mark != Mark.PRESENT and figure.count]
        return gettext("{expected} expected: {present} present{rest}. Send the roll?").format(
            expected=self.expected,
            present=self.present,
            rest="".join(comma + figure.phrase.format(n=figure.count) for figure in rest),
        )


def read(
    booking: Booking, actor: Actor, *, marks: Mapping[int, Said] | None = None, heads: int | None = None, key: str = ""
) -> Roll:
    """The roll of a booking for this reader; `marks` and `heads` as typed stand before what is saved.

    Pupils by seat number (else the last two digits of the school number), then name; pseudonyms where the reader may
    see no names.
    """
    entries = list(booking.roll.select_related("student", "enrolment").order_by("pk"))
    names = roll_names.look(booking, entries, actor)
    pupils = [_pupil(entry, names.get(entry.pk), (marks or {}).get(entry.pk)) for entry in entries]
    pupils.sort(key=lambda pupil: (pupil.is_added, not pupil.number, pupil.number.zfill(4), pupil.name))
    return Roll(
        booking=booking,
        pupils=pupils,
        by_name=bool(names),
        unnamed=unnamed(booking),
        heads=booking.attended if heads is None else heads,
        request_key=key or str(keys.fresh()),
        acted_at=max((entry.marked_at for entry in entries if entry.marked_at), default=None),
    )


@dataclass(frozen=True)
class Change:
    at: dt.datetime
    who: str
    name: str
    old: str
    new: str
    why: str


def changes(booking: Booking, roll: Roll) -> list[Change]:
    """Corrections after the roll was sent, newest first, with names or pseudonyms as on the roll."""
    named = {pupil.pk: pupil.name for pupil in roll.pupils}
    rows = RollChange.objects.filter(entry__booking=booking).select_related("changed_by__user")
    return [
        Change(row.changed_at, row.changed_by.user.full_name, named[row.entry_id], *_old_and_new(row), row.why)
        for row in rows.order_by("-changed_at", "-pk")
    ]


def _old_and_new(row: RollChange) -> tuple[str, str]:
    old, new = str(WORDS[row.old]), str(WORDS[row.new])
    if row.old_sheet == row.new_sheet:
        return old, new
    comma = pgettext("between facts", ", ")
    sheet = {True: comma + gettext("with task sheet"), False: comma + gettext("without task sheet")}
    return old + sheet[row.old_sheet], new + sheet[row.new_sheet]


def _pupil(entry: RollEntry, seen: tuple[str, str] | None, said: Said | None) -> Pupil:
    name, number = seen or ("", "")
    return Pupil(
        pk=entry.pk,
        name=name or entry.student.pseudonym,
        number=str(entry.enrolment.seat or "") or number[-2:],
        mark=said.mark if said else entry.mark or OPEN,
        sheet=said.task_sheet if said else entry.task_sheet,
        is_added=entry.added,
    )
