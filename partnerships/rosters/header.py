"""Finds the heading rows of a sheet and what each column holds (R1)."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from portal.lib.spreadsheets.sheets import Sheet, column_letter

from .headings import Column, column_of, label, plain

SEARCHED_ROWS = 15
# a merged cell over more than this share of the columns is a title, not a group of columns
TITLE_SHARE = 0.8
# 班主任：李敏 above the heading is a remark, not a group of columns
NOTE = re.compile(r"[:：\d]|.{9}")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the body starts and, for each block of columns that stands side by side, what it holds."""

    top: int
    body: int
    labels: dict[int, str]
    # one entry a block: {what: [columns]}
    blocks: tuple[dict[Column, list[int]], ...]
    headings: frozenset[str]

    def label(self, column: int) -> str:
        return self.labels.get(column) or column_letter(column)


def find_header(sheet: Sheet) -> Header | None:
    """The first row among 15 with a heading for the pupil's name and one more that is known; None if there is none."""
    # only what is merged near the top can belong to a heading
    sheet = replace(sheet, merged=tuple(area for area in sheet.merged if area[0] < SEARCHED_ROWS))
    spoken_for = sheet.merged_from()

    def heading(row, column):
        return sheet.cell(*spoken_for.get((row, column), (row, column)))

    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        columns = columns_of(sheet, row, heading)
        holds = Counter(columns.values())
        if holds[Column.NAME] and len(columns) > 1:
            return header_at(sheet, row, columns, heading)
    return None


def columns_of(sheet, row, heading, lower=None) -> dict[int, Column]:
    """What is known of a row taken as heading, with the row of groups above it or the second row below it."""
    width = max((len(line) for line in sheet.rows[: row + 3]), default=0)
    found = {}
    for column in range(width):
        first = group_above(sheet, row, column, heading) if lower is None else heading(row, column)
        second = heading(row, column) if lower is None else heading(lower, column)
        what = column_of(first, second)
        if what is not None:
            found[column] = what
    return found


def group_above(sheet, row, column, heading) -> str:
    """The merged heading above a column (学生信息 over 学号 and 姓名), "" where a title or nothing stands."""
    for top, left, bottom, right in sheet.merged:
        if bottom == row - 1 and left <= column <= right and left != right:
            text = heading(top, left)
            is_title = right - left + 1 > TITLE_SHARE * len(sheet.rows[row])
            return "" if is_title or NOTE.search(text) else text
    return ""


def header_at(sheet, row, columns, heading) -> Header:
    second = second_row(sheet, row, columns)
    if second is not None:
        columns = columns_of(sheet, row, heading, lower=second)
    last = row if second is None else second
    width = max(len(line) for line in sheet.rows[row : last + 1])
    labels = {}
    for column in range(width):
        upper = group_above(sheet, row, column, heading) if second is None else heading(row, column)
        name = label(upper, heading(last, column))
        if name:
            labels[column] = name
    return Header(
        top=row,
        body=last + 1,
        labels=labels,
        blocks=tuple(blocks_of(columns, labels)),
        headings=frozenset(plain(sheet.cell(row, column)) for column in columns),
    )


def second_row(sheet, row, columns) -> int | None:
    """The lower row of a two-row heading: merged down beside the name, or the name empty over more headings."""
    names = [column for column, what in columns.items() if what is Column.NAME]
    for top, left, bottom, right in sheet.merged:
        if top == row and bottom == row + 1 and left <= names[0] <= right:
            return row + 1
    below = (
        [column_of("", sheet.cell(row + 1, column)) for column in range(len(sheet.rows[row]))]
        if row + 1 < len(sheet.rows)
        else []
    )
    has_headings = any(what is not None for what in below)
    return row + 1 if has_headings and not sheet.cell(row + 1, names[0]) else None


def blocks_of(columns, labels):
    """One block, or several where two pupils stand on a line: a block begins where the first heading comes again."""
    names = [column for column, what in sorted(columns.items()) if what is Column.NAME]
    starts, shared = [min(columns)], []
    if len(names) > 1:
        first = labels[min(columns)]
        again = [column for column in sorted(columns) if labels[column] == first]
        if len(again) == len(names):
            starts = again
        else:
            starts, shared = names, [column for column in columns if column < names[0]]
    for start, end in zip(starts, [*starts[1:], max(columns) + 1], strict=True):
        block: dict[Column, list[int]] = {}
        for column in sorted(columns):
            if start <= column < end or column in shared:
                block.setdefault(columns[column], []).append(column)
        yield block
