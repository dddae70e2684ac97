"""Tables of an HTML page that calls itself .xls, as old school systems write it (R10)."""

import re
from html.parser import HTMLParser

from .cells import sheet_of
from .sheets import MOST_COLUMNS, MOST_ROWS, Book, Unreadable
from .text import decode

HIDDEN = re.compile(r"display\s*:\s*none", re.I)
STRUCK = re.compile(r"text-decoration[^;]*line-through", re.I)
STRIKING_TAGS = {"s", "strike", "del"}


def is_html(data: bytes) -> bool:
    """Whether the first bytes are those of an HTML page or a bare table."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style", b"<div")) or (
        start.startswith(b"<") and b"<table" in start
    )


def read_html(data: bytes, name: str) -> Book:
    """Every table of the page as a sheet; spans become merged ranges."""
    text, encoding = decode(data)
    reader = Tables()
    reader.feed(text)
    reader.close()
    sheets = [
        sheet_of(
            name, table.rows, hidden=frozenset(table.hidden), struck=frozenset(table.struck), merged=tuple(table.merged)
        )
        for table in reader.tables
        if any(any(row) for row in table.rows)
    ]
    if not sheets:
        raise Unreadable("no_table")
    return Book("html", sheets, encoding)


class Table:
    def __init__(self):
        self.rows, self.hidden, self.struck, self.merged = [], set(), set(), []
        self.covered = set()


class Tables(HTMLParser):
    """Collects the cells of every table; a table inside a cell is read as one of its own."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tables, self.open = [], []
        self.cell = None

    def handle_starttag(self, tag, attrs):
        given = {key: value or "" for key, value in attrs}
        if tag == "table":
            table = Table()
            self.tables.append(table)
            self.open.append(table)
        elif tag == "tr" and self.open:
            self.end_cell()
            table = self.open[-1]
            if len(table.rows) >= MOST_ROWS:
                raise Unreadable("too_many_rows")
            table.rows.append([])
            if HIDDEN.search(given.get("style", "")):
                table.hidden.add(len(table.rows) - 1)
        elif tag in ("td", "th") and self.open and self.open[-1].rows:
            self.end_cell()
            self.start_cell(given)
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")
        if self.cell is not None and (tag in STRIKING_TAGS or STRUCK.search(given.get("style", ""))):
            table = self.open[-1]
            table.struck.add((len(table.rows) - 1, len(table.rows[-1]) - 1))

    def start_cell(self, given):
        table = self.open[-1]
        y, row = len(table.rows) - 1, table.rows[-1]
        while (y, len(row)) in table.covered:
            row.append("")
        x = len(row)
        down, across = span(given.get("rowspan")), min(span(given.get("colspan")), MOST_COLUMNS)
        if down > 1 or across > 1:
            table.merged.append((y, x, y + down - 1, x + across - 1))
            # only what lies below has to be remembered: the columns to the right are filled at once
            table.covered.update((y + dy, x + dx) for dy in range(1, min(down, 2000)) for dx in range(across))
        row.append("")
        self.cell, self.place, self.across = [], (y, x), across

    def end_cell(self):
        if self.cell is None:
            return
        table, (y, x) = self.open[-1], self.place
        table.rows[y][x] = "".join(self.cell)
        table.rows[y].extend([""] * (self.across - 1))
        self.cell = None

    def handle_endtag(self, tag):
        if tag in ("td", "th", "tr", "table") and self.open:
            self.end_cell()
        if tag == "table" and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)


def span(text: str | None) -> int:
    """A rowspan or colspan; anything odd counts as 1."""
    return max(1, min(int(text), MOST_ROWS)) if text and text.isdecimal() and len(text) < 7 else 1
