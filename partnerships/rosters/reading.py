"""Reads a class roster: sheets of text in, a Reading out. `answers` hold what the person said to earlier questions.

Nothing here touches the database; the same file and the same answers give the same Reading.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from portal.lib.spreadsheets.identity import looks_like_identity
from portal.lib.spreadsheets.sheets import Book, Sheet

from .class_names import Ambiguous, ClassRef, DateLike
from .class_of_row import class_in_columns, class_of_sheet
from .findings import Held, Ignored, Problem, Pupil, Question, Reading, Skipped
from .header import Header, find_header
from .headings import Column
from .names import clean_name, names_in_chat
from .rows import has_left, is_scientific, reason_to_skip

YES, NO = "yes", "no"
# no class has more pupils, let alone of one name
MOST_NAMESAKES = 60
FILLED_DOWN = (Column.CLASS, Column.GRADE, Column.SCHOOL, Column.GROUP, Column.TIME)


def read_roster(book: Book, file_name: str = "", answers: dict[str, str] | None = None) -> Reading:
    """All pupils of a workbook by class, with everything that has to be asked, refused or named."""
    reading, answers = Reading(), answers or {}
    for sheet in book.sheets:
        if not sheet.rows:
            continue
        header = None if sheet.is_hidden else find_header(sheet)
        if header is None:
            reading.skipped.append(Skipped("hidden_sheet" if sheet.is_hidden else "no_name_column", sheet.name))
            continue
        SheetReader(sheet, header, file_name, answers, reading).run()
    settle_doubles(reading, answers)
    return reading


def read_names(text: str, class_ref: ClassRef) -> Reading:
    """Names pasted from a chat into one class."""
    reading = Reading()
    for row, cell in enumerate(names_in_chat(text), start=1):
        reading.rows_seen += 1
        if looks_like_identity(cell):
            reading.problems.append(Problem("identity", "", row))
            continue
        name = clean_name(cell)
        note_name(reading, name, "", row, "", {})
        if not name.refusal and name.text:
            reading.pupils.append(Pupil("", row, class_ref, name.text))
    settle_doubles(reading, {})
    return reading


def note_name(reading, name, sheet, row, column, answers):
    """Adds what clean_name had to say about a name."""
    if name.refusal:
        reading.problems.append(Problem(name.refusal, sheet, row, column))
    for doubt in name.doubts:
        reading.problems.append(Problem(doubt, sheet, row, column, {"name": name.text}, is_error=False))
    if name.remark:
        reading.problems.append(Problem("remark_cut", sheet, row, column, {"remark": name.remark}, is_error=False))


@dataclass
class SheetReader:
    """Walks the body of one sheet."""

    sheet: Sheet
    header: Header
    file_name: str
    answers: dict
    reading: Reading

    READS: ClassVar[tuple[Column, ...]] = (
        Column.NAME,
        Column.CLASS,
        Column.GRADE,
        Column.ENTRY,
        Column.NUMBER,
        Column.SEAT,
        Column.STATUS,
        Column.REMARK,
    )

    def run(self):
        self.blocks = [{what: block[what] for what in self.READS if what in block} for block in self.header.blocks]
        self.note_columns()
        self.spoken_for = self.sheet.merged_from()
        self.sheet_class = class_of_sheet(self.sheet, self.header, self.file_name)
        self.class_above = None
        for row in range(self.header.body, len(self.sheet.rows)):
            for block in self.blocks:
                self.one(row, block)

    def note_columns(self):
        read = {column for block in self.blocks for columns in block.values() for column in columns}
        for column in sorted(read):
            label = self.header.label(column)
            if label not in self.reading.read:
                self.reading.read.append(label)
        places = {column for row, column in self.sheet.secrets if row >= self.header.body}
        # an emptied number may have stood in the last column
        width = max(*(len(line) for line in self.sheet.rows), *(column + 1 for column in places), 0)
        for column in range(width):
            if column in read or (column not in self.header.labels and column not in places):
                continue
            label = self.header.label(column)
            known = self.reading.ignored.setdefault(label, Ignored(label))
            known.held_identity |= column in places

    def one(self, row, block):
        """One pupil's cells: either a pupil, or the reason why not."""
        cells = {what: [self.text(row, column, what) for column in columns] for what, columns in block.items()}
        name_column = block[Column.NAME][0]
        written = cells[Column.NAME][0]
        spoiled = self.spoiled(row, block)
        reason = "" if spoiled else reason_to_skip(self.sheet, row, self.header, written)
        if reason:
            if reason != "blank" and block is self.blocks[0]:
                self.reading.skipped.append(Skipped(reason, self.sheet.name, self.row_number(row)))
            return
        if not written and not spoiled:
            self.empty_name(row, block, cells, name_column)
            return
        self.reading.rows_seen += 1
        name = clean_name(written)
        if spoiled:
            self.problem(spoiled[0], row, spoiled[1])
        else:
            label = self.header.label(name_column)
            note_name(self.reading, name, self.sheet.name, self.row_number(row), label, self.answers)
            if name.text and self.is_whole(row, block, cells):
                wanted = self.is_wanted(row, block, cells, name)
                if wanted == NO or (wanted == YES and self.keep(row, block, cells, name)):
                    return
        if name.text:
            found = class_in_columns(cells) or self.sheet_class
            self.reading.held.append(Held(name.text, found if isinstance(found, ClassRef) else None))

    def spoiled(self, row, block):
        """(code, column) of a cell that refuses its row whatever else stands there."""
        for column in sorted(column for columns in block.values() for column in columns):
            if (row, column) in self.sheet.secrets:
                return "identity", column
            if self.sheet.cell(row, column).startswith(("=", "@")):
                return "formula", column
        return None

    def keep(self, row, block, cells, name) -> bool:
        """Adds the pupil, where the class is known."""
        class_ref = self.class_of(row, block, cells)
        if class_ref is None:
            return False
        number, seat = first(cells, Column.NUMBER), first(cells, Column.SEAT).lstrip("0")
        self.reading.pupils.append(Pupil(self.sheet.name, self.row_number(row), class_ref, name.text, number, seat))
        return True

    def text(self, row, column, what) -> str:
        """A cell, filled from above where it was merged downwards and says whose rows these are."""
        text = self.sheet.cell(row, column)
        if not text and what in FILLED_DOWN and (row, column) in self.spoken_for:
            top, left = self.spoken_for[row, column]
            return self.sheet.cell(top, left) if top >= self.header.body else ""
        return text

    def row_number(self, row) -> int:
        return row + 1

    def problem(self, code, row, column, *, is_error=True, **facts):
        self.reading.problems.append(
            Problem(code, self.sheet.name, self.row_number(row), self.header.label(column), facts, is_error)
        )

    def ask(self, key, kind, row, *, options=(), **facts) -> str:
        """Adds the row to a question and gives the answer if there is one."""
        place = (self.sheet.name, self.row_number(row))
        answer = self.answers.get(key, "")
        question = Question(key, kind, [], tuple(options), facts, answer)
        self.reading.questions.setdefault(key, question).rows.append(place)
        return answer

    def empty_name(self, row, block, cells, name_column):
        """A line without a name: an empty seat is nothing, a line with a class or a number lacks its name."""
        if (
            any(first(cells, what) for what in (Column.NUMBER, Column.GROUP))
            and (row, name_column) not in self.spoken_for
        ):
            self.reading.rows_seen += 1
            self.problem("name_missing", row, name_column)
        elif len(self.blocks) == 1:
            self.reading.skipped.append(Skipped("no_name", self.sheet.name, self.row_number(row)))

    def is_whole(self, row, block, cells) -> bool:
        """Refuses numbers that a spreadsheet program has cut to scientific form."""
        for what in (Column.NUMBER, Column.SEAT, Column.NAME):
            for column, text in zip(block.get(what, ()), cells.get(what, ()), strict=True):
                if is_scientific(text):
                    self.problem("scientific", row, column)
                    return False
        return True

    def is_wanted(self, row, block, cells, name) -> str:
        """yes, no, or "" while a question about a hidden or struck row, or about a pupil who has left, is open."""
        left = has_left(first(cells, Column.STATUS), first(cells, Column.REMARK))
        if not left and name.remark:
            left = has_left("", name.remark)
        if any((row, column) in self.sheet.struck for column in block[Column.NAME]):
            return self.ask("struck", "struck", row)
        if row in self.sheet.hidden:
            return self.ask("hidden", "hidden", row)
        if left:
            return self.ask(f"status:{left}", "status", row, status=left)
        return YES

    def class_of(self, row, block, cells) -> ClassRef | None:
        columns = [*block.get(Column.CLASS, ()), *block.get(Column.GRADE, ())]
        found = class_in_columns(cells)
        written = next((text for what in (Column.CLASS, Column.GRADE) for text in cells.get(what, ()) if text), "")
        if isinstance(found, DateLike):
            self.problem("class_is_date", row, columns[0], shown=found.text, month=found.month, day=found.day)
            return None
        if found is None and written and Column.CLASS in block and not self.sheet_class:
            self.problem("class_unknown", row, columns[0], shown=written)
            return None
        if found is None and columns and not written and not self.sheet_class:
            if self.class_above is None or self.ask("blank_class", "blank_class", row) != YES:
                if self.class_above is None:
                    self.problem("class_missing", row, columns[0])
                return None
            return self.class_above
        ref = self.decided(found or self.sheet_class, row)
        if ref is not None:
            if written and re.fullmatch(r"\d{1,2}\.1", written):
                self.problem("class_may_be_ten", row, columns[0], is_error=False, shown=written, grade=ref.grade)
            self.class_above = ref
        return ref

    def decided(self, found, row) -> ClassRef | None:
        """A class for certain, or the answer to the question which one is meant."""
        if isinstance(found, ClassRef):
            return found
        if isinstance(found, Ambiguous):
            key = f"class:{found.text}"
            answer = self.ask(key, "class", row, options=[option.key for option in found.options], shown=found.text)
            return ClassRef.from_key(answer)
        return ClassRef.from_key(self.ask(f"sheet:{self.sheet.name}", "sheet", row, shown=self.sheet.name))


def first(cells, what) -> str:
    """The first filled cell of a kind."""
    return next((text for text in cells.get(what, ()) if text), "")


def settle_doubles(reading: Reading, answers: dict[str, str]) -> None:
    """The same pupil twice counts once; two equal names in one class without numbers are asked (R7)."""
    kept: list[Pupil] = []
    seen: dict[tuple[ClassRef | None, str], list[Pupil]] = {}
    by_number: dict[str, Pupil] = {}
    for pupil in reading.pupils:
        place = (pupil.sheet, pupil.row)
        if pupil.number:
            known = by_number.setdefault(pupil.number, pupil)
            if known is not pupil:
                same = known.name == pupil.name and known.class_ref == pupil.class_ref
                facts = {"other": known.row}
                reading.problems.append(
                    Problem("twice" if same else "number_twice", *place, "", facts, is_error=not same)
                )
                continue
        others = seen.setdefault((pupil.class_ref, pupil.name), [])
        verdict = namesake(pupil, others, reading, answers)
        if verdict:
            others.append(pupil)
            kept.append(pupil)
    reading.pupils = kept


def namesake(pupil, others, reading, answers) -> bool:
    """Whether this pupil is somebody else than those of the same name and class before."""
    if not others:
        return True
    if len(others) >= MOST_NAMESAKES:
        reading.problems.append(Problem("twice", pupil.sheet, pupil.row, "", {"other": others[0].row}, is_error=False))
        return False
    if pupil.number and all(other.number for other in others):
        return True
    if pupil.seat and all(other.seat for other in others):
        if all(other.seat != pupil.seat for other in others):
            return True
        facts = {"other": others[0].row}
        reading.problems.append(Problem("twice", pupil.sheet, pupil.row, "", facts, is_error=False))
        return False
    # by place, not by name: answers are kept beside the upload
    key = f"namesake:{pupil.sheet}:{pupil.row}"
    rows = [(each.sheet, each.row) for each in (*others, pupil)]
    answer = answers.get(key, "")
    reading.questions[key] = Question(key, "namesake", rows, facts={"name": pupil.name}, answer=answer)
    return answer == YES
