"""Reads a bureau's list of activity groups (社团) of many schools in one sheet: who is in which group at which school."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from portal.lib.spreadsheets.sheets import Book

from .class_names import ClassRef, parse_grade
from .class_of_row import class_in_columns
from .findings import Reading, Skipped
from .header import find_header
from .headings import Column
from .reading import SheetReader, first

SEVERAL_GRADES = re.compile(r"[、,，/和-]")


@dataclass(frozen=True, slots=True)
class Membership:
    """One row: a pupil of a school in a group. A class may be known, only grades, or nothing."""

    sheet: str
    row: int
    school: str
    group: str
    time: str
    name: str = field(repr=False)
    class_ref: ClassRef | None = None
    grades: tuple[int, ...] = ()


@dataclass
class Clubs:
    """What a list of groups holds; `reading` has its problems, skipped rows and columns."""

    reading: Reading
    members: list[Membership] = field(default_factory=list)


def read_clubs(book: Book, file_name: str = "") -> Clubs:
    """All members of all groups. A pupil may be in two groups; twice in one counts once and is said."""
    clubs = Clubs(Reading())
    for sheet in book.sheets:
        header = None if sheet.is_hidden else find_header(sheet)
        if header is None or not any(Column.GROUP in block for block in header.blocks):
            if sheet.rows:
                clubs.reading.skipped.append(Skipped("no_group_column", sheet.name))
            continue
        ClubReader(sheet, header, file_name, {}, clubs.reading, clubs).run()
    return clubs


@dataclass
class ClubReader(SheetReader):
    """Walks one sheet; a school's or group's name stands once over many rows, merged or just above."""

    clubs: Clubs

    READS: ClassVar[tuple[Column, ...]] = (
        Column.NAME,
        Column.CLASS,
        Column.GRADE,
        Column.SCHOOL,
        Column.GROUP,
        Column.TIME,
    )

    def __post_init__(self):
        self.seen = {}

    def keep(self, row, block, cells, name) -> bool:
        """A member of a group, where group and school are known."""
        group, school = first(cells, Column.GROUP), first(cells, Column.SCHOOL)
        if not group:
            self.problem("group_missing", row, block[Column.GROUP][0])
            return False
        if Column.SCHOOL in block and not school:
            self.problem("school_missing", row, block[Column.SCHOOL][0])
            return False
        found = class_in_columns(cells)
        ref = found if isinstance(found, ClassRef) else None
        grades = grades_of(first(cells, Column.GRADE)) if ref is None else ()
        key = (school, group, name.text, ref, grades)
        known = self.seen.setdefault(key, row)
        if known != row:
            self.problem("twice", row, block[Column.NAME][0], is_error=False, other=self.row_number(known))
            return True
        time = first(cells, Column.TIME)
        self.clubs.members.append(
            Membership(self.sheet.name, self.row_number(row), school, group, time, name.text, ref, grades)
        )
        return True


def grades_of(text: str) -> tuple[int, ...]:
    """三、四 → (3, 4); 5年级 → (5,)."""
    found = [parse_grade(part) for part in SEVERAL_GRADES.split(text) if part]
    return tuple(ref.grade for ref in found if ref and ref.grade)


def school_key(text: str) -> str:
    """How a school's name is compared: without place, brackets and blanks. 深圳市光明区楼村小学（本部） → 楼村小学."""
    text = re.sub(r"[(（][^)）]*[)）]|\s", "", text)
    return re.sub(r"^(.{2,4}省)?(.{2,4}市)?(.{2,4}[区县])?", "", text) or text
