"""A plain list: one heading row, known columns by any of their headings, one thing a row."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from partnerships.models.position import read_position
from partnerships.rosters.findings import Problem
from partnerships.rosters.headings import plain
from portal.lib.errors import Refused
from portal.lib.spreadsheets.sheets import Book, Sheet

SEARCHED_ROWS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One row: `row` counts from 1 as the spreadsheet program shows it; `cells` by column code."""

    sheet: str
    row: int
    cells: dict[str, str]

    def __getitem__(self, code: str) -> str:
        return self.cells.get(code, "")


@dataclass(slots=True)
class Table:
    """What a list holds."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # the heading of each column that was read, by code
    labels: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def problem(self, code: str, line: Line, column: str = "", *, is_error: bool = True, **facts) -> None:
        """Adds a problem at a line, in the column that the file calls by its own heading."""
        label = self.labels.get(column, "")
        self.problems.append(Problem(code, line.sheet, line.row, label, facts, is_error))


def read_table(book: Book, headings: dict[str, str], *, required: tuple[str, ...]) -> Table:
    """The rows under the first heading row that has all `required` columns.

    `headings` gives the accepted headings of each column, apart by spaces; the first is the one to name to people.
    Raises Refused when no sheet has the required columns.
    """
    known = {plain(name): code for code, names in headings.items() for name in names.split()}
    table, missing = Table(), list(required)
    for sheet in book.sheets:
        if sheet.is_hidden:
            continue
        for top in range(min(SEARCHED_ROWS, len(sheet.rows))):
            places = {known[plain(cell)]: x for x, cell in enumerate(sheet.rows[top]) if plain(cell) in known}
            lacking = [code for code in required if code not in places]
            if not lacking:
                fill(table, sheet, top, places)
                return table
            if len(lacking) < len(missing):
                missing = lacking
    raise Refused(
        "columns_missing",
        _("A column is missing: %(missing)s. One of the first rows must name the columns: %(columns)s."),
        missing="、".join(headings[code].split()[0] for code in missing),
        columns="、".join(names.split()[0] for names in headings.values()),
    )


def place_in(line: Line, table: Table) -> tuple[Decimal, Decimal] | None:
    """The position in the list's column, None where it is empty; a strange one is said and left out."""
    try:
        return read_position(line["position"])
    except ValueError:
        table.problem("position_unknown", line, "position", is_error=False, shown=line["position"][:40])
        return None


def fill(table: Table, sheet: Sheet, top: int, places: dict[str, int]) -> None:
    heading = sheet.rows[top]
    table.labels = {code: heading[x] for code, x in places.items()}
    table.ignored = [cell for x, cell in enumerate(heading) if cell and x not in places.values()]
    for y in range(top + 1, len(sheet.rows)):
        cells = {code: sheet.cell(y, x) for code, x in places.items()}
        line = Line(sheet.name, y + 1, cells)
        spoiled = next((code for code, x in places.items() if (y, x) in sheet.secrets), None)
        if spoiled:
            table.problem("identity", line, spoiled)
        elif any(cell.startswith("=") for cell in cells.values()):
            table.problem("formula", line, next(code for code, cell in cells.items() if cell.startswith("=")))
        elif any(cells.values()):
            table.lines.append(line)
