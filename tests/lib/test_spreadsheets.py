"""Uploads of every kind come in as sheets of text or are refused; what goes out is stable and harmless."""

import io
import random
import re
import time
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font

from portal.lib.spreadsheets import reading
from portal.lib.spreadsheets.identity import looks_like_identity
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.sentences import UNREADABLE, refusal
from portal.lib.spreadsheets.sheets import Unreadable, column_letter
from portal.lib.spreadsheets.writing import csv_bytes, xlsx_bytes

IDENTITY = "999999201501010011"
ROWS = [["班级", "姓名"], ["五（3）班", "示例甲"]]


def workbook(rows=ROWS, **more) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in more.items():
        book.active[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def code_of(data, name="x.xlsx"):
    with pytest.raises(Unreadable) as refused:
        read(data, name)
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), "xlsx"),
        ("班级,姓名\r\n五（3）班,示例甲\r\n".encode(), "text"),
        ("班级,姓名\n五（3）班,示例甲".encode("utf-8-sig"), "text"),
        ("班级;姓名\n五（3）班;示例甲".encode("gb18030"), "text"),
        ("班级\t姓名\r\n五（3）班\t示例甲\r\n".encode("utf-16"), "text"),
        ("班级，姓名\n五（3）班，示例甲".encode(), "text"),
        ("<html><table><tr><td>班级<td>姓名</tr><tr><td>五（3）班<td>示例甲</table>".encode("gb18030"), "html"),
    ],
)
def test_read_gives_the_same_cells_whatever_the_container(data, kind):
    book = read(data, "怎么叫都行.et")
    assert (book.kind, book.sheets[0].rows) == (kind, ROWS)


def test_read_xls_tells_hidden_and_struck_rows_and_merged_cells():
    book = xlwt.Workbook()
    sheet = book.add_sheet("五1班")
    sheet.write_merge(0, 0, 0, 1, "名册")
    sheet.write(1, 0, "示例甲", xlwt.easyxf("font: struck_out true"))
    sheet.write(2, 0, 20220101)
    sheet.row(2).hidden = True
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue()).sheets[0]
    assert (found.name, found.rows) == ("五1班", [["名册"], ["示例甲"], ["20220101"]])
    assert (found.hidden, found.struck, found.merged) == ({2}, {(1, 0)}, ((0, 0, 0, 1),))


def test_read_xlsx_tells_hidden_and_struck_rows_merged_cells_and_hidden_sheets():
    book = Workbook()
    sheet = book.active
    sheet.append(["名册", None])
    sheet.merge_cells("A1:B1")
    sheet["A3"] = "示例甲"
    sheet["A3"].font = Font(strike=True)
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("旧").append(["姓名"])
    book["旧"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    found, old = read(out.getvalue()).sheets
    assert found.rows == [["名册"], [], ["示例甲"]]
    assert (found.hidden, found.struck, found.merged) == ({2}, {(2, 0)}, ((0, 0, 0, 1),))
    assert (found.is_hidden, old.is_hidden) == (False, True)


def test_read_refuses_a_sheet_by_its_furthest_declared_cell_before_it_is_laid_out():
    begun = time.perf_counter()
    assert code_of(workbook(XFD1048576="x")) == "too_many_rows"
    assert code_of(workbook(XFD1="x")) == "too_many_columns"
    assert time.perf_counter() - begun < 5


def merged_often(times) -> bytes:
    """A workbook of one cell that declares a range over the whole sheet so many times."""
    book = Workbook()
    book.active["A1"] = "名册"
    book.active.merge_cells("A1:B1")
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in given.infolist():
            content = re.sub(
                rb"<mergeCell ref.*?/>", b'<mergeCell ref="A1:BH60000"/>' * times, given.read(part.filename)
            )
            archive.writestr(part.filename, content)
    return out.getvalue()


def test_read_cuts_merged_ranges_to_the_rows_that_are_filled_and_refuses_too_many():
    assert read(merged_often(1)).sheets[0].merged == ((0, 0, 0, 59),)
    assert code_of(merged_often(100_000)) == "too_large_unpacked"


def test_read_refuses_more_text_than_any_roster_holds():
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for _row in range(1500):
        sheet.append(["甲" * 299] * 58)
    out = io.BytesIO()
    book.save(out)
    assert code_of(out.getvalue()) == "too_large_unpacked"


def test_read_refuses_a_bomb_in_a_small_archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    assert code_of(out.getvalue()) == "too_large_unpacked"


def test_read_refuses_an_xml_entity_bomb():
    rows = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))
    evil = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "x">{rows}]><worksheet>&a39;</worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as given, zipfile.ZipFile(out, "w") as archive:
        for part in given.infolist():
            archive.writestr(part.filename, evil if "sheet1" in part.filename else given.read(part.filename))
    assert code_of(out.getvalue()) == "damaged"


def test_read_survives_a_child_that_aborts(monkeypatch):
    monkeypatch.setattr(reading, "START", "import os; os.abort()")
    assert code_of(b"x,y") == "too_large_unpacked"


def test_child_has_no_more_than_its_memory(monkeypatch):
    hungry = "; import spreadsheets.child as child; child.read_book = lambda *_: bytearray(2**31); child.main()"
    monkeypatch.setattr(reading, "START", reading.START.replace("; main()", hungry))
    assert code_of(b"x,y") == "too_large_unpacked"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"%PDF-1.7 ...", "not_a_spreadsheet"),
        (b"\xff\xd8\xff\xe0photo", "not_a_spreadsheet"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "damaged"),
        (random.Random(1).randbytes(1_000_000), "broken_encoding"),
        (b"<html><body>no table</body></html>", "no_table"),
        (b'a,b\n"open,' + b"x\n" * 40, "open_quotation"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_read_refuses_what_is_no_table_with_a_sentence(data, code):
    with pytest.raises(Unreadable) as refused:
        read(data, "x.xlsx")
    assert refused.value.code == code
    assert "%" not in str(refusal(refused.value))


def test_every_refusal_has_a_sentence():
    assert all(str(refusal(Unreadable(code, megabytes=1, row=1))) for code in UNREADABLE)


@pytest.mark.parametrize(
    "written",
    [
        IDENTITY,
        f"G{IDENTITY}",
        f'="{IDENTITY}"',
        "999999 20150101 001X",
        "９９９９９９２０１５０１０１００１１",
        f"示例甲{IDENTITY}号",
        "9999\u200b99201501010011",
        "‘999999201501010011",
    ],
)
def test_identity_numbers_never_leave_the_child(written):
    assert looks_like_identity(written)
    cell = written if not written.startswith("=") else f"'{written}"
    for data in (workbook(A3=cell), f"甲\t乙\n{written}\t丙\n".encode()):
        book = read(data, f"{IDENTITY}.xlsx")
        assert "99999" not in repr(book).replace(" ", "")
        assert len(book.sheets[0].secrets) == 1


@pytest.mark.parametrize("written", ["13800000000", "20220101", "2026-09-01", "示例甲", "12345678901234567"])
def test_ordinary_numbers_are_no_identity(written):
    assert not looks_like_identity(written)


def test_cells_out_never_become_formulas_and_bytes_never_change():
    rows = [["姓名"], ["=1+1"], ["@x"], ["+1"], ["-1"], [3]]
    first = xlsx_bytes({"名册": rows})
    time.sleep(1.1)
    assert xlsx_bytes({"名册": rows}) == first
    sheet = openpyxl.load_workbook(io.BytesIO(first)).active
    assert [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows()] == [
        ("姓名", "s"),
        ("=1+1", "s"),
        ("@x", "s"),
        ("+1", "s"),
        ("-1", "s"),
        (3, "n"),
    ]
    assert csv_bytes(rows).decode("utf-8-sig").splitlines() == ["姓名", "'=1+1", "'@x", "'+1", "'-1", "3"]


def test_column_letter_counts_like_a_spreadsheet():
    assert [column_letter(number) for number in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]
