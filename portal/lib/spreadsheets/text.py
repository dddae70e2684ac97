"""Text tables: CSV in any of its encodings and separators, text saved from a spreadsheet program (R9)."""

import codecs
import csv
import io

from .cells import sheet_of
from .sheets import Book, Unreadable

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = "\t,;，；|"
# More replacement or private-use characters than this share means that the encoding was not found.
WORST_SHARE = 1 / 200
# A quoted cell may hold a line break (an address); one with many is a quotation mark left open.
MOST_LINES_IN_A_CELL = 20


def decode(data: bytes) -> tuple[str, str]:
    """The text and its encoding: BOM, else strict UTF-8, else GB18030 (never its subsets gbk, gb2312)."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            text = data.decode(encoding, errors="replace")
            break
    else:
        try:
            encoding = "utf-8"
            text = data.decode(encoding)
        except UnicodeDecodeError:
            encoding = "gb18030"
            text = data.decode(encoding, errors="replace")
    broken = sum(
        sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or (sign < " " and sign not in "\t\n\r") for sign in text
    )
    if broken > len(text) * WORST_SHARE:
        raise Unreadable("broken_encoding")
    return text, encoding.removesuffix("-sig")


def separator_of(text: str) -> str:
    """The separator that splits the first lines most evenly; a comma when none does."""
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    best, most = ",", 0.0
    for sign in SEPARATORS:
        found = [line.count(sign) for line in lines]
        usual = max(set(found), key=found.count) if found else 0
        # a line or two may be ragged; a separator of the table stands equally often in most lines
        score = usual * found.count(usual)
        if score > most:
            best, most = sign, score
    return best


def read_text(data: bytes, name: str) -> Book:
    """A text table as one sheet. A row is a record: a quoted line break does not start a new one."""
    text, encoding = decode(data)
    return Book("text", [table_of(text, name)], encoding)


def table_of(text: str, name: str = ""):
    """One sheet from text whose cells are separated by tab, comma, semicolon or their full-width twins."""
    csv.field_size_limit(2**27)
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text)):
        if any(cell.count("\n") > MOST_LINES_IN_A_CELL for cell in row):
            raise Unreadable("open_quotation", row=len(rows) + 1)
        rows.append(row)
    return sheet_of(name, rows)
