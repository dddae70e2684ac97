"""Which reader a file needs: decided by its bytes, never by its name (R10)."""

import io
import zipfile

from .html import is_html, read_html
from .sheets import Book, Unreadable
from .text import read_text
from .xls import read_xls
from .xlsx import read_xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# photographs, PDF, archives: whatever is surely not a table
OTHERS = (
    b"%PDF",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
)


def read_book(data: bytes, name: str) -> Book:
    """The upload as sheets of text. Raises Unreadable with a code for the sentence."""
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith(OLE):
        book = read_xls(data, name)
    elif data.startswith(b"PK\x03\x04"):
        if not has_workbook(data):
            raise Unreadable("not_a_spreadsheet")
        book = read_xlsx(data, name)
    elif data.startswith(OTHERS) or data[4:8] == b"ftyp":
        raise Unreadable("not_a_spreadsheet")
    elif is_html(data):
        book = read_html(data, name)
    elif data.lstrip().startswith((b"<?xml", b"MIME-Version")):
        raise Unreadable("not_a_spreadsheet")
    else:
        book = read_text(data, name)
    if not any(sheet.rows for sheet in book.sheets):
        raise Unreadable("empty")
    return book


def has_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("damaged") from error
