"""Any roster in any container: the same pupils come out as went in."""

import csv
import io

import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.reading import read_roster
from portal.lib.spreadsheets.reading import read
from tests.rosters.layouts import saved

NAMES = ["示例", "示例甲", "示例乙丙", "欧阳示例", "示例·买买提", "示䶮", "示𬭎", "Examplename Longlatin"]
HEADINGS = ["班级", "座号", "姓名", "家长电话", "学号"]


def xlsx(sheets, hidden, struck):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for row in hidden:
            sheet.row_dimensions[row + 1].hidden = True
        for row in struck:
            for cell in sheet[row + 1]:
                cell.font = Font(strike=True)
    return saved(book)


def xls(sheets, hidden, struck):
    book = xlwt.Workbook(encoding="utf-8")
    line = xlwt.easyxf("font: struck_out true")
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                sheet.write(y, x, value, *([line] if y in struck else []))
        for y in hidden:
            sheet.row(y).hidden = True
    return saved(book)


def text(encoding, delimiter):
    def write(sheets, hidden, struck):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter).writerows(row for rows in sheets.values() for row in rows)
        return out.getvalue().encode(encoding)

    return write


WRITERS = {
    "xlsx": xlsx,
    "xls": xls,
    "csv": text("utf-8", ","),
    "csv bom": text("utf-8-sig", ","),
    "gb18030": text("gb18030", ";"),
    "utf-16": text("utf-16", "\t"),
}


@given(
    kind=st.sampled_from(sorted(WRITERS)),
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=46),
    sheets=st.sampled_from([1, 6]),
    order=st.permutations(range(len(HEADINGS))),
    data=st.data(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_read_roster_finds_everybody_who_was_written(kind, names, sheets, order, data):
    if not kind.startswith("xls"):
        sheets = 1
    places = st.sets(st.integers(1, len(names)), max_size=3)
    hidden, struck = (data.draw(places), data.draw(places)) if kind.startswith("xls") else (set(), set())
    book = {}
    for sheet in range(sheets):
        lines = [
            [f"五（{sheet + 1}）班", str(seat), name, "13800000000", f"2022{sheet:02}{seat:02}"]
            for seat, name in enumerate(names, start=1)
        ]
        book[f"五{sheet + 1}班"] = [[row[column] for column in order] for row in [HEADINGS, *lines]]
    found = read_roster(read(WRITERS[kind](book, hidden, struck), "名册"), "名册")
    asked = hidden | struck
    assert [(pupil.class_ref, pupil.seat, pupil.name, pupil.number) for pupil in found.pupils] == [
        (ClassRef(sheet + 1, grade=5), str(seat), name, f"2022{sheet:02}{seat:02}")
        for sheet in range(sheets)
        for seat, name in enumerate(names, start=1)
        if seat not in asked
    ]
    assert found.problems == []
    assert sum(len(question.rows) for question in found.questions.values()) == sheets * len(asked)
    assert list(found.ignored) == ["家长电话"]


def test_read_roster_takes_fifty_thousand_rows_in_sixty_sheets():
    rows = {
        f"{grade}.{number}": [["座号", "姓名"], *([str(seat), f"示例{NAMES[seat % 4]}"] for seat in range(1, 834))]
        for grade in range(1, 7)
        for number in range(1, 11)
    }
    found = read_roster(read(xlsx(rows, (), ()), "名册"), "名册")
    assert found.rows_seen == 60 * 833
    assert len({pupil.class_ref for pupil in found.pupils}) == 60
