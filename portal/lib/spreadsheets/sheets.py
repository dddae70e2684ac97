"""The plain shape in which every upload arrives: sheets of text cells."""

from dataclasses import dataclass, field

# Far beyond any roster; a sheet that declares a cell outside of it is refused unread.
MOST_ROWS = 60_000
MOST_COLUMNS = 60
# Cells covered by merged ranges, and the text of a whole upload: whoever needs more is not bringing a roster.
MOST_MERGED_CELLS = 300_000
MOST_TEXT = 24_000_000
# A cell is a name, a class or a remark; what is longer is shortened.
LONGEST_CELL = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Rows and columns count from 0; what a person reads counts from 1."""

    name: str
    rows: list[list[str]]
    is_hidden: bool = False
    hidden: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    # (top, left, bottom, right), all inclusive
    merged: tuple[tuple[int, int, int, int], ...] = ()
    # cells that held something shaped like an identity number: emptied before anybody read them
    secrets: frozenset[tuple[int, int]] = frozenset()

    def cell(self, row: int, column: int) -> str:
        """The text at a place, "" outside of what is filled."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def merged_from(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For every covered cell of a merged range, the top-left cell that speaks for it."""
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.merged
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }


@dataclass(frozen=True, slots=True)
class Book:
    """An upload: its sheets in order and how it was written ("xlsx", "xls", "html", "text")."""

    kind: str
    sheets: list[Sheet] = field(default_factory=list)
    encoding: str = ""


class Unreadable(Exception):
    """The file can't be read. `code` says why; `facts` fill the sentence."""

    def __init__(self, code: str, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts


def column_letter(column: int) -> str:
    """0 → A, 26 → AA: the name that spreadsheet programs show."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
