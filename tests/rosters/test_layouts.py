"""The six messy layouts read end to end: file in, pupils, questions and problems out."""

import time
from collections import Counter

import pytest

from partnerships.rosters.class_names import ClassRef
from partnerships.rosters.clubs import read_clubs, school_key
from partnerships.rosters.reading import read_names, read_roster
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.sheets import Unreadable
from tests.rosters import layouts


def reading_of(data, file_name, **answers):
    return read_roster(read(data, file_name), file_name, answers.get("answers"))


def test_masterpiece_reads_five_classes_and_asks_about_two_rows():
    found = reading_of(layouts.masterpiece(), "楼村小学2026-2027学年第一学期五年级学生花名册(定稿2).xlsx")
    by_class = Counter(pupil.class_ref for pupil in found.pupils)
    assert by_class == {ClassRef(number, grade=5): 43 for number in range(1, 6)}
    assert found.questions["struck"].rows[0] == ("五1班", 7)
    assert found.questions["hidden"].rows[0] == ("五1班", 30)
    assert {key: len(question.rows) for key, question in found.questions.items()} == {"struck": 5, "hidden": 5}
    assert [skip.sheet for skip in found.skipped if skip.reason == "no_name_column"] == ["汇总"]
    assert list(found.ignored) == [
        "序号",
        "性别",
        "家庭情况/监护人姓名",
        "家庭情况/与学生关系",
        "家庭情况/手机",
        "是否参加课后服务",
    ]
    assert found.problems == []
    assert found.rows_seen == 225


def test_masterpiece_takes_the_pupil_not_the_guardian_and_cleans_names_and_numbers():
    found = reading_of(layouts.masterpiece(), "名册.xlsx")
    assert [(pupil.name, pupil.number) for pupil in found.pupils[:2]] == [("示例甲", "20220101"), ("王芳", "20220102")]
    assert not any("示父" in pupil.name for pupil in found.pupils)


def test_masterpiece_brings_hidden_and_struck_rows_when_asked_to():
    found = reading_of(layouts.masterpiece(), "名册.xlsx", answers={"hidden": "yes", "struck": "yes"})
    assert len(found.pupils) == 225
    assert found.open_questions == []


def test_system_export_ignores_31_columns_and_silences_both_numbers():
    begun = time.perf_counter()
    data = layouts.system_export()
    assert data.startswith(bytes.fromhex("d1a7d0a3"))
    book = read(data, "xsjbxx_20260901_0830.csv")
    found = read_roster(book, "xsjbxx_20260901_0830.csv")
    assert time.perf_counter() - begun < 3
    assert book.encoding == "gb18030"
    assert len(found.ignored) == 31
    assert [column.label for column in found.ignored.values() if column.held_identity] == ["身份证件号", "全国学籍号"]
    assert {key: len(question.rows) for key, question in found.questions.items()} == {
        "status:在籍不在校": 11,
        "status:休学": 3,
        "status:转出中": 2,
    }
    assert len(found.pupils) == 1870 - 16
    assert found.errors == []
    assert "999999" not in repr(book)


def test_system_export_keeps_rare_names_and_takes_class_and_seat():
    found = reading_of(layouts.system_export(12), "x.csv")
    assert [pupil.name for pupil in found.pupils[:3]] == ["示䶮", "示𬭎", "示·买买提"]
    assert [pupil.class_ref for pupil in found.pupils[:2]] == [
        ClassRef(1, entry_year=2021),
        ClassRef(1, entry_year=2022),
    ]
    assert [pupil.seat for pupil in found.pupils[:2]] == ["1", "1"]
    assert [skip.reason for skip in found.skipped] == ["footer"]


def test_mac_export_refuses_dates_asks_for_blank_classes_and_refuses_formulas():
    found = reading_of(layouts.mac_export(), "五年级.csv")
    assert [(pupil.row, pupil.name, pupil.class_ref) for pupil in found.pupils] == [
        (4, "示例丙", ClassRef(1, grade=5)),
        (5, "示例丁", ClassRef(1, grade=5)),
        (8, "示例己", ClassRef(3, grade=5)),
    ]
    assert [(problem.row, problem.code) for problem in found.errors] == [
        (2, "class_is_date"),
        (3, "class_is_date"),
        (9, "formula"),
    ]
    assert [(problem.facts["month"], problem.facts["day"]) for problem in found.errors[:2]] == [(3, 1), (5, 3)]
    assert (5, "class_may_be_ten") in [(problem.row, problem.code) for problem in found.warnings]
    assert found.questions["status:转学"].rows == [("五年级", 6)]
    assert found.questions["blank_class"].rows == [("五年级", 7)]


def test_mac_export_fills_a_blank_class_only_after_yes_and_counts_the_same_pupil_once():
    found = reading_of(layouts.mac_export(), "五年级.csv", answers={"blank_class": "yes", "status:转学": "yes"})
    assert [(pupil.row, pupil.name) for pupil in found.pupils] == [
        (4, "示例丙"),
        (5, "示例丁"),
        (6, "示例戊"),
        (7, "示例己"),
    ]
    assert [(problem.row, problem.facts) for problem in found.problems if problem.code == "twice"] == [
        (8, {"other": 7})
    ]


def test_two_a_line_stacks_the_blocks_and_leaves_marks_alone():
    found = reading_of(layouts.two_a_line(), "四(2)班点名册.xls")
    assert len(found.pupils) == 45
    assert {pupil.class_ref for pupil in found.pupils} == {ClassRef(2, grade=4)}
    assert "12" not in {pupil.seat for pupil in found.pupils}
    assert found.pupils[-1].name == "欧阳示例"
    assert [(problem.code, problem.row) for problem in found.problems] == [("remark_cut", 14)]
    assert found.questions == {}
    assert list(found.ignored) == ["周二", "周四"]


def test_clubs_of_all_schools_reads_members_by_school_and_group():
    clubs = read_clubs(read(layouts.clubs_of_all_schools(), "全区社团报名汇总表.xlsx"))
    assert len(clubs.members) == 9300
    assert {member.school for member in clubs.members} == set(layouts.SCHOOLS)
    assert len({(member.school, member.group) for member in clubs.members}) == 310
    assert clubs.members[0].class_ref == ClassRef(3, grade=5)
    assert {member.class_ref for member in clubs.members} == {ClassRef(3, grade=5), ClassRef(2, grade=7), None}
    assert {member.grades for member in clubs.members} == {(), (3, 4)}
    assert [skip.reason for skip in clubs.reading.skipped] == ["note", "heading"]
    assert {"性别", "家长电话", "是否缴费"} <= set(clubs.reading.ignored)
    assert "13800" not in repr(clubs.members)


@pytest.mark.parametrize("written", ["楼村小学", "深圳市光明区楼村小学", "楼村小学（本部）", "光明区楼村小学"])
def test_school_key_is_the_same_however_a_school_is_written(written):
    assert school_key(written) == "楼村小学"


def test_unicode_text_refuses_numbers_lost_to_scientific_form():
    found = reading_of(layouts.unicode_text(), "名单.xls")
    assert len(found.pupils) == 92
    assert {(problem.code, problem.column) for problem in found.problems} == {("scientific", "学号")}
    assert len(found.problems) == 40


def test_html_table_is_read_by_content():
    book = read(layouts.html_table(), "export.xls")
    found = read_roster(book, "export.xls")
    assert book.kind == "html"
    assert [pupil.name for pupil in found.pupils[:2]] == ["示例甲", "示例乙"]
    assert len(found.pupils) == 12


def test_locked_file_says_so():
    with pytest.raises(Unreadable) as refusal:
        read(layouts.locked(), "名单.xlsx")
    assert refusal.value.code == "password"


def test_chat_text_never_turns_numbers_into_names():
    text = f"示例甲 13800000000\n示例乙13800000000、示例丙 {layouts.IDENTITY}\n身份证999999 20150101 0011，示例丁"
    found = read_names(text, ClassRef(3, grade=5))
    assert [pupil.name for pupil in found.pupils] == ["示例甲", "示例丁"]
    assert sorted(problem.code for problem in found.errors) == ["identity", "identity", "number_in_name"]
    assert not any(problem.facts for problem in found.problems)


def test_chat_text_splits_into_names():
    found = read_names(layouts.CHAT, ClassRef(3, grade=5))
    assert [pupil.name for pupil in found.pupils] == ["示例甲", "示例乙", "示例丙", "示例丁"]
    assert [(problem.code, problem.facts) for problem in found.warnings] == [("remark_cut", {"remark": "请假"})]
