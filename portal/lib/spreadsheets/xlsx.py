"""Workbooks in .xlsx: values by calamine, after our own walk found the sheets small enough.

calamine lays a sheet out densely: a file of 5 KB with a cell at XFD1048576 asks for 549 GB and aborts the
process. So every sheet's XML is walked first, streaming, and refused by its furthest *declared* cell. The same
walk finds what calamine does not tell: hidden rows, struck-through cells, merged ranges.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

import python_calamine

from .cells import sheet_of
from .sheets import MOST_COLUMNS, MOST_ROWS, Book, Unreadable

MOST_BYTES_UNPACKED = 50 * 1024 * 1024
PLACE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")


@dataclass
class Layout:
    """What a sheet declares about itself."""

    hidden: set = field(default_factory=set)
    struck: set = field(default_factory=set)
    merged: list = field(default_factory=list)


def read_xlsx(data: bytes, name: str) -> Book:
    """All sheets of a workbook; hidden ones are marked, chart sheets left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES_UNPACKED:
                raise Unreadable("too_large_unpacked")
            struck_styles = styles_struck(archive)
            layouts = {
                title: (layout_of(archive, path, struck_styles), hidden) for title, path, hidden in sheets_of(archive)
            }
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            sheet_of(
                title,
                book.get_sheet_by_name(title).to_python(skip_empty_area=False),
                is_hidden=hidden,
                hidden=frozenset(layout.hidden),
                struck=frozenset(layout.struck),
                merged=tuple(layout.merged),
            )
            for title, (layout, hidden) in layouts.items()
        ]
    except (
        zipfile.BadZipFile,
        python_calamine.CalamineError,
        expat.ExpatError,
        KeyError,
        OSError,
        ValueError,
    ) as error:
        raise Unreadable("damaged") from error
    return Book("xlsx", sheets)


def sheets_of(archive):
    """(title, path in the archive, hidden) of every worksheet, in the workbook's order."""
    targets = {}
    for _, given in elements(archive, "xl/_rels/workbook.xml.rels", {"Relationship"}):
        if given.get("Type", "").endswith("/worksheet"):
            targets[given["Id"]] = given["Target"]
    found = []
    for _, given in elements(archive, "xl/workbook.xml", {"sheet"}):
        target = targets.get(given.get("id"))
        if target:
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            found.append((given["name"], path, given.get("state", "visible") != "visible"))
    return found


def layout_of(archive, path, struck_styles) -> Layout:
    """Walks one sheet: refuses a cell too far out, collects hidden rows, struck cells, merged ranges."""
    layout, row, column = Layout(), -1, -1
    for tag, given in elements(archive, path, {"row", "c", "mergeCell"}):
        if tag == "row":
            row = int(given["r"]) - 1 if "r" in given else row + 1
            column = -1
            if row >= MOST_ROWS:
                raise Unreadable("too_many_rows")
            if given.get("hidden") in ("1", "true") or given.get("ht") == "0":
                layout.hidden.add(row)
        elif tag == "c":
            if "r" in given:
                row, column = place(given["r"])
            else:
                column += 1
            if row >= MOST_ROWS:
                raise Unreadable("too_many_rows")
            if column >= MOST_COLUMNS:
                raise Unreadable("too_many_columns")
            if given.get("s") in struck_styles:
                layout.struck.add((row, column))
        else:
            first, _, last = given["ref"].partition(":")
            (top, left), (bottom, right) = place(first), place(last or first)
            layout.merged.append((top, left, min(bottom, MOST_ROWS), min(right, MOST_COLUMNS)))
    return layout


def styles_struck(archive) -> set[str]:
    """The cell style numbers whose font is struck through."""
    fonts, styles, inside = [], set(), ""
    try:
        walk = list(
            elements(archive, "xl/styles.xml", {"fonts", "font", "strike", "fills", "cellStyleXfs", "cellXfs", "xf"})
        )
    except KeyError:
        return set()
    count = 0
    for tag, given in walk:
        if tag in ("fonts", "fills", "cellStyleXfs", "cellXfs"):
            inside = tag
        elif tag == "font" and inside == "fonts":
            fonts.append(False)
        elif tag == "strike" and inside == "fonts" and fonts:
            fonts[-1] = given.get("val", "1") not in ("0", "false")
        elif tag == "xf" and inside == "cellXfs":
            font = int(given.get("fontId", 0))
            if font < len(fonts) and fonts[font]:
                styles.add(str(count))
            count += 1
    return styles


def elements(archive, path, wanted):
    """Streams (tag, attributes) of the wanted elements, namespaces dropped, document types refused."""
    found = []
    parser = expat.ParserCreate()

    def start(tag, given):
        tag = tag.rpartition(":")[2]
        if tag in wanted:
            found.append((tag, {key.rpartition(":")[2]: value for key, value in given.items()}))

    def refuse(*_):
        raise Unreadable("damaged")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(path) as part:
        while chunk := part.read(65536):
            parser.Parse(chunk, False)
            yield from found
            found.clear()
    parser.Parse(b"", True)
    yield from found


def place(text: str) -> tuple[int, int]:
    """B7 → (6, 1)."""
    match = PLACE.match(text)
    if not match:
        raise Unreadable("damaged")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
