"""From a value as a library returns it to the text that stands in our sheet, scrubbed (R3)."""

import datetime
import re
import unicodedata

from .identity import looks_like_identity
from .sheets import LONGEST_CELL, MOST_COLUMNS, MOST_MERGED_CELLS, MOST_ROWS, Sheet, Unreadable

INVISIBLE = {"Cf", "Cc"}
# ="20220101" is how careful programs keep a number as text in CSV
KEPT_AS_TEXT = re.compile(r'="([^"]*)"')


def text_of(value) -> str:
    """A cell as text: 3.0 is "3", a date is ISO, controls and zero-width signs are gone."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "TRUE" if value else "FALSE"
    elif isinstance(value, float):
        text = str(int(value)) if value.is_integer() else repr(value)
    elif isinstance(value, datetime.datetime):
        text = value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    elif isinstance(value, (datetime.date, datetime.time)):
        text = value.isoformat()
    else:
        text = str(value)
    return clean(text)


def clean(text: str) -> str:
    """Line breaks and tabs become spaces, invisible signs go, outer blanks are trimmed."""
    if kept := KEPT_AS_TEXT.fullmatch(text.strip()):
        text = kept[1]
    if text.isascii() and text.isprintable():
        return text.strip()
    text = "".join(
        " " if sign in "\n\r\t\u3000\u00a0" else sign
        for sign in text
        if sign in "\n\r\t" or unicodedata.category(sign) not in INVISIBLE
    )
    return text.strip()


def sheet_of(name: str, rows, *, merged=(), **about) -> Sheet:
    """A sheet from rows of raw values: cells as text, identity numbers emptied and their places kept."""
    cells, secrets = [], set()
    for y, row in enumerate(rows):
        if y >= MOST_ROWS:
            raise Unreadable("too_many_rows")
        line = [text_of(value) for value in row]
        while line and not line[-1]:
            line.pop()
        if len(line) > MOST_COLUMNS:
            raise Unreadable("too_many_columns")
        for x, text in enumerate(line):
            if looks_like_identity(text):
                line[x] = ""
                secrets.add((y, x))
            elif len(text) > LONGEST_CELL:
                line[x] = text[:LONGEST_CELL] + "…"
        cells.append(line)
    while cells and not cells[-1]:
        cells.pop()
    name = "" if looks_like_identity(name) else clean(name)
    merged = within(merged, len(cells))
    return Sheet(name=name, rows=cells, secrets=frozenset(secrets), merged=merged, **about)


def within(merged, height: int) -> tuple[tuple[int, int, int, int], ...]:
    """Merged ranges cut to the rows that are filled; a file may declare one over the whole sheet, a thousand times."""
    found = [(top, left, min(bottom, height - 1), right) for top, left, bottom, right in merged if top < height]
    if sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in found) > MOST_MERGED_CELLS:
        raise Unreadable("too_large_unpacked")
    return tuple(found)
