"""The class of one row, in the order of R4: its columns, the sheet's name, a title, the file's name, the choice."""

from portal.lib.spreadsheets.sheets import Sheet

from .class_names import (
    Ambiguous,
    ClassRef,
    DateLike,
    find_class,
    parse_class,
    parse_entry_year,
    parse_grade,
    parse_number,
)
from .header import Header
from .headings import Column


def class_in_columns(cells: dict[Column, list[str]]) -> ClassRef | Ambiguous | DateLike | None:
    """From the columns of class, grade and year of entry. None where they are empty or not understood."""
    written = [cell for cell in cells.get(Column.CLASS, ()) if cell]
    parsed = [parse_class(cell) for cell in written]
    for found in parsed:
        if isinstance(found, ClassRef):
            return found
    grade = next((ref for cell in cells.get(Column.GRADE, ()) if cell and (ref := parse_grade(cell))), None)
    entry = next((year for cell in cells.get(Column.ENTRY, ()) if cell and (year := parse_entry_year(cell))), None)
    number = next((value for cell in written if (value := parse_number(cell))), None)
    if number and grade:
        return ClassRef(number, grade=grade.grade, entry_year=grade.entry_year)
    if number and entry:
        return ClassRef(number, entry_year=entry)
    if not written:
        # 年级 sometimes holds the whole class: 五(3)
        whole = [parse_class(cell) for cell in cells.get(Column.GRADE, ()) if cell]
        parsed = [found for found in whole if isinstance(found, ClassRef)]
    return next((found for found in parsed if found is not None), None)


def class_of_sheet(sheet: Sheet, header: Header, file_name: str) -> ClassRef | Ambiguous | None:
    """From the sheet's name, a title above the heading, or the file's name."""
    titles = [cell for line in sheet.rows[: header.top] for cell in line if cell]
    for text in (sheet.name, *titles, file_name):
        found = find_class(text)
        if found:
            return found
    return None
