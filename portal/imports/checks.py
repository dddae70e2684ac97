"""What can be said of a file at once, while the form is still open: whether it has the columns that it needs."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from activities import booking_sheet, session_sheet
from credits.lists import competition_list, result_list
from partnerships.lists import school_list, venue_list
from partnerships.lists.tables import read_table
from partnerships.rosters.header import find_header
from partnerships.rosters.headings import Column
from portal.lib.errors import Refused
from portal.lib.spreadsheets.sheets import Book
from portal.models import ImportRun

Kind = ImportRun.Kind


def headers(book: Book):
    return [header for sheet in book.sheets if not sheet.is_hidden and (header := find_header(sheet))]


def roster(book: Book, facts: Mapping[str, Any]) -> None:
    """A heading for names, or names alone with the class that was chosen for them."""
    if headers(book) or facts.get("class"):
        return
    if facts.get("pasted"):
        raise Refused("class_of_names", _("Choose grade and class for these names, or paste the heading row too."))
    raise Refused("no_name_column", _("No name column found. Point to the header row, or use the template."))


def groups(book: Book, facts: Mapping[str, Any]) -> None:
    """Headings for names and for the activity group."""
    found = headers(book)
    if not found:
        raise Refused("no_name_column", _("No name column found. Point to the header row, or use the template."))
    if not any(Column.GROUP in block for header in found for block in header.blocks):
        raise Refused(
            "no_group_column", _("No column for the activity group found. Call it 社团名称, or use the template.")
        )


def clubs(book: Book, facts: Mapping[str, Any]) -> None:
    """As groups, and a heading for the school."""
    groups(book, facts)
    if not any(Column.SCHOOL in block for header in headers(book) for block in header.blocks):
        raise Refused("no_school_column", _("No column for the school found. Call it 学校, or use the template."))


def venues(book: Book, facts: Mapping[str, Any]) -> None:
    read_table(book, venue_list.HEADINGS, required=venue_list.REQUIRED)


def schools(book: Book, facts: Mapping[str, Any]) -> None:
    read_table(book, school_list.HEADINGS, required=school_list.REQUIRED)


def whitelist(book: Book, facts: Mapping[str, Any]) -> None:
    read_table(book, competition_list.HEADINGS, required=competition_list.REQUIRED)


def results(book: Book, facts: Mapping[str, Any]) -> None:
    read_table(book, result_list.HEADINGS, required=result_list.REQUIRED)


def timetable(book: Book, facts: Mapping[str, Any]) -> None:
    read_table(book, session_sheet.HEADINGS, required=session_sheet.REQUIRED)


def bookings(book: Book, facts: Mapping[str, Any]) -> None:
    read_table(book, booking_sheet.HEADINGS, required=booking_sheet.REQUIRED)


CHECKS: dict[str, Callable[[Book, Mapping[str, Any]], None]] = {
    Kind.ROSTER: roster,
    Kind.GROUPS: groups,
    Kind.CLUBS: clubs,
    Kind.VENUES: venues,
    Kind.SCHOOLS: schools,
    Kind.WHITELIST: whitelist,
    Kind.RESULTS: results,
    Kind.BOOKINGS: bookings,
    Kind.SESSIONS: timetable,
}
# headings and two example rows of each template; the numbers are the school's own
TEMPLATES: dict[str, list[list[str]]] = {
    Kind.ROSTER: [
        ["班级", "座号", "姓名", "校内学号"],
        ["五（3）班", "1", "示例甲", ""],
        ["五（3）班", "2", "示例乙", ""],
    ],
    Kind.GROUPS: [
        ["社团名称", "上课时间", "年级", "班", "学生姓名"],
        ["机器人社团", "每周二16:40—17:30", "五", "3", "示例甲"],
    ],
    Kind.CLUBS: [
        ["学校", "社团名称", "上课时间", "年级", "班", "学生姓名"],
        ["示例小学", "机器人社团", "", "五", "3", "示例甲"],
    ],
    Kind.VENUES: [
        ["场馆名称", "英文名称", "类别", "称号", "所在地"],
        ["示例科技馆", "", "science_venue", "全国科普教育基地(2026-2030)", "深圳市光明区"],
    ],
    Kind.SCHOOLS: [["学校名称", "学段", "所在区", "学分试点", "备注"], ["示例小学", "小学", "", "", ""]],
    Kind.WHITELIST: [
        ["赛事名称", "主办单位", "学段", "有效期自", "有效期至"],
        ["示例青少年科技竞赛", "示例学会", "小学;初中", "2025-10-01", "2028-08-31"],
    ],
    Kind.RESULTS: [
        ["班级", "座号", "校内学号", "赛事名称", "参赛日期", "证明材料"],
        ["五（3）班", "1", "", "示例青少年科技竞赛", "2026-10-18", "参赛证书编号 A-1"],
    ],
    Kind.BOOKINGS: [
        booking_sheet.COLUMNS,
        ["1024", "五（3）班", "43", "3", "zhangsan", ""],
        ["1024", "机器人社团", "", "2", "lisi", ""],
    ],
    Kind.SESSIONS: [
        session_sheet.COLUMNS,
        ["", "示例活动项目", "2026-12-03", "9:30", "11:00", "", "40", "", "学校团体", "", ""],
    ],
}
