"""Workbooks in .xls (BIFF8). Read by xlrd, because calamine does not tell hidden rows and struck cells there."""

import os
from struct import error as struct_error

import xlrd
from xlrd.compdoc import CompDocError

from .cells import sheet_of
from .sheets import MOST_COLUMNS, MOST_ROWS, Book, Unreadable

ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
WORKBOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
TEXT, NUMBER, DATE, BOOLEAN = xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE, xlrd.XL_CELL_BOOLEAN


def read_xls(data: bytes, name: str) -> Book:
    """All sheets of an old workbook; an OLE container without one, or with a password, is refused."""
    if ENCRYPTED_PACKAGE in data:
        raise Unreadable("password")
    if not any(mark in data for mark in WORKBOOKS):
        raise Unreadable("not_a_spreadsheet")
    try:
        with open(os.devnull, "w") as silence:
            book = xlrd.open_workbook(file_contents=data, logfile=silence, formatting_info=True, ragged_rows=True)
        sheets = [one_sheet(book, sheet) for sheet in book.sheets()]
    except xlrd.XLRDError as error:
        raise Unreadable("password" if "encrypted" in str(error).lower() else "damaged") from error
    except (
        CompDocError,
        AssertionError,
        IndexError,
        KeyError,
        TypeError,
        UnicodeError,
        ValueError,
        struct_error,
    ) as error:
        raise Unreadable("damaged") from error
    return Book("xls", sheets)


def one_sheet(book, sheet):
    if sheet.nrows > MOST_ROWS:
        raise Unreadable("too_many_rows")
    if sheet.ncols > MOST_COLUMNS:
        raise Unreadable("too_many_columns")
    struck_styles = {number for number, style in enumerate(book.xf_list) if book.font_list[style.font_index].struck_out}
    rows: list[list] = []
    struck: set[tuple[int, int]] = set()
    for y in range(sheet.nrows):
        row = sheet.row(y)
        rows.append([value_of(cell, book.datemode) for cell in row])
        struck.update((y, x) for x, cell in enumerate(row) if cell.xf_index in struck_styles)
    hidden = frozenset(y for y, about in sheet.rowinfo_map.items() if about.hidden)
    merged = tuple((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
    return sheet_of(
        sheet.name, rows, is_hidden=sheet.visibility != 0, hidden=hidden, struck=frozenset(struck), merged=merged
    )


def value_of(cell, datemode):
    if cell.ctype == DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == BOOLEAN:
        return bool(cell.value)
    return cell.value if cell.ctype in (TEXT, NUMBER) else ""
