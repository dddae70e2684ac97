"""Spreadsheets out: the same content gives the same bytes, and what a person typed never becomes a formula."""

import csv
import io
import re
import zipfile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
BEGINNING = (1980, 1, 1, 0, 0, 0)


def csv_bytes(rows) -> bytes:
    """Rows as CSV that a spreadsheet program opens rightly: UTF-8 with BOM, CRLF; text like a formula gets a quote."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def safe(value):
    """Text that a spreadsheet program would run as a formula, made plain by a leading quote."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return "'" + value
    return "" if value is None else value


class Heading(list):
    """A row that heads what follows, wherever it stands on its sheet."""


def xlsx_bytes(sheets: dict, widths: dict | None = None) -> bytes:
    """A workbook from {title: rows}; the first row of each sheet and every Heading is bold. Numbers stay numbers.

    Rows above the first Heading stay in sight with it.
    """
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title[:31])
        first = next((number for number, row in enumerate(rows) if isinstance(row, Heading)), 0)
        sheet.freeze_panes = f"A{first + 2}"
        for number, width in enumerate((widths or {}).get(title, ()), start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for number, row in enumerate(rows):
            bold = number == 0 or isinstance(row, Heading)
            sheet.append([cell(sheet, value, heading=bold) for value in row])
    out = io.BytesIO()
    book.save(out)
    return stable(out.getvalue())


def cell(sheet, value, *, heading=False):
    made = WriteOnlyCell(sheet, value if value is not None else "")
    if isinstance(value, str):
        # openpyxl takes "=1+1" for a formula unless the type says text
        made.data_type = "s"
        made.alignment = Alignment(wrap_text=True, vertical="top")
    if heading:
        made.font = Font(bold=True)
    return made


def stable(data: bytes) -> bytes:
    """The same archive without the clock: fixed times in the zip and in its properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in given.infolist():
            content = given.read(part.filename)
            if part.filename == "docProps/core.xml":
                content = STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", content)
            about = zipfile.ZipInfo(part.filename, BEGINNING)
            about.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(about, content)
    return out.getvalue()
