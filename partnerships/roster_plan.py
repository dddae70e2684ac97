"""Compares a roster with what a school has: who is new, changed, unchanged, gone (R7). Pure; names stay in memory."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, order=True)
class ClassKey:
    """A class of a school, as it is stored."""

    stage: str
    entry_year: int
    number: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A pupil as the file has them; `row` and `sheet` say where."""

    sheet: str
    row: int
    key: ClassKey
    name: str = field(repr=False)
    number: str = field(default="", repr=False)
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A pupil as the school has them. Without a stored name the pupil is a head that nobody can tell apart; one who
    left earlier and is known by the number has neither class nor enrolment."""

    student: UUID
    enrolment: int | None
    key: ClassKey | None
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The same pupil in file and school."""

    listed: Listed
    known: Known

    @property
    def moves(self) -> bool:
        return self.listed.key != self.known.key

    @property
    def renames(self) -> bool:
        return self.listed.name != self.known.name

    @property
    def changes(self) -> bool:
        """Whether anything would be written; what the file leaves out stays as it is."""
        numbered = bool(self.listed.number) and self.listed.number != self.known.number
        seated = self.listed.seat is not None and self.listed.seat != self.known.seat
        return self.moves or self.renames or numbered or seated


@dataclass(slots=True)
class Comparison:
    """What an import would do."""

    new: list[Listed] = field(default_factory=list)
    changed: list[Pair] = field(default_factory=list)
    unchanged: list[Pair] = field(default_factory=list)
    gone: list[Known] = field(default_factory=list)
    # rows that fit several pupils of the same name: never guessed
    unsure: list[Listed] = field(default_factory=list)


def compare(listed: list[Listed], known: list[Known], held: set[str]) -> Comparison:
    """Match by number; else by class and name, namesakes by seat. Gone are those of the file's classes whom no row
    names; `held` are names of people whose row is refused or still asked about: they are not gone."""
    found = Comparison()
    numbers = {pupil.number: pupil for pupil in known if pupil.number}
    taken: set[UUID] = set()
    rest = []
    for row in listed:
        match = numbers.get(row.number) if row.number else None
        if match is None:
            rest.append(row)
        else:
            taken.add(match.student)
            settle(found, Pair(row, match))
    by_name = defaultdict(list)
    for pupil in known:
        if pupil.name and pupil.student not in taken:
            by_name[pupil.key, pupil.name].append(pupil)
    rows = defaultdict(list)
    for row in rest:
        rows[row.key, row.name].append(row)
    for place, namesakes in rows.items():
        match_names(found, namesakes, by_name.get(place, []), taken)
    covered = {row.key for row in listed}
    in_doubt = {(row.key, row.name) for row in found.unsure}
    found.gone = [
        pupil
        for pupil in known
        if pupil.name
        and pupil.key in covered
        and pupil.student not in taken
        and pupil.name not in held
        and (pupil.key, pupil.name) not in in_doubt
    ]
    return found


def match_names(found, rows, candidates, taken):
    """Pairs the rows of one class and name with the school's pupils of that class and name."""
    # a number that differs is another person
    candidates = [pupil for pupil in candidates if not (pupil.number and all(row.number for row in rows))]
    pairs, rows, candidates = by_seat(rows, candidates) if len(rows) + len(candidates) > 2 else ([], rows, candidates)
    if len(rows) == len(candidates):
        pairs += zip(rows, candidates, strict=True)
        rows = []
    elif rows and candidates:
        found.unsure.extend(rows)
        rows = []
    for row, pupil in pairs:
        taken.add(pupil.student)
        settle(found, Pair(row, pupil))
    found.new.extend(rows)


def by_seat(rows, candidates):
    """(pairs of equal seats, rows left, candidates left)."""
    seats = {pupil.seat: pupil for pupil in candidates if pupil.seat is not None}
    pairs = [(row, seats[row.seat]) for row in rows if row.seat in seats]
    matched = {pupil.student for _row, pupil in pairs}
    paired = {row for row, _pupil in pairs}
    return (
        pairs,
        [row for row in rows if row not in paired],
        [pupil for pupil in candidates if pupil.student not in matched],
    )


def settle(found: Comparison, pair: Pair) -> None:
    (found.changed if pair.changes else found.unchanged).append(pair)
