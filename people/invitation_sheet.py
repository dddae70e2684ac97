"""A pasted or uploaded list of names and roles, read row by row; every problem has its row and column."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.roles import Role
from portal.lib.spreadsheets.identity import looks_like_identity
from portal.lib.spreadsheets.sheets import Book

MOST_ROWS = 200
HEADS = {"姓名", "名字", "name", "full name"}

# What people write for a role, in both languages, without the words that all roles of a place share.
WORDS: dict[Role, tuple[str, ...]] = {
    Role.BUREAU_OFFICER: ("教育局经办人", "经办人", "bureau officer", "officer"),
    Role.PARTNER_OFFICER: ("协同部门经办人", "经办人", "partner-office officer", "officer"),
    Role.INSPECTOR: ("督导人员", "督导", "督学", "责任督学", "inspector"),
    Role.SCHOOL_LEAD: ("学校负责人", "负责人", "校长", "副校长", "school lead", "lead"),
    Role.COORDINATOR: ("学校联络员", "联络员", "coordinator"),
    Role.TEACHER: ("带队教师", "教师", "老师", "teacher"),
    Role.VENUE_LEAD: ("场馆负责人", "负责人", "馆长", "venue lead", "lead"),
    Role.VENUE_STAFF: ("场馆工作人员", "工作人员", "讲解员", "venue staff", "staff"),
    Role.COUNSELOR: ("科技辅导员", "辅导员", "counselor"),
    Role.ADMINISTRATOR: ("系统管理员", "管理员", "administrator"),
    Role.AUDIT_READER: ("安全审计员", "审计员", "audit reader"),
}


@dataclass(frozen=True)
class Problem:
    row: int
    column: str | Promise
    sentence: str | Promise


@dataclass
class Sheet:
    """What was understood, and everything that was not. `echo` is the text without anything that must not be kept."""

    rows: list[tuple[str, Role]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    echo: str = ""


def text_of(book: Book) -> str:
    """The first two columns of an uploaded sheet as lines to check and send."""
    rows = book.sheets[0].rows if book.sheets else []
    return "\n".join("\t".join(cell.strip() for cell in row[:2]) for row in rows if any(row))


def read(text: str, roles: Iterable[Role]) -> Sheet:
    """Lines of “name role”. Only `roles` are accepted; nothing is written here."""
    words = {word: role for role in reversed(list(roles)) for word in WORDS[role]}
    sheet, kept = Sheet(), []
    for number, line in enumerate(text.splitlines()[: MOST_ROWS + 2], start=1):
        if looks_like_identity(line):
            kept.append("")
            sheet.problems.append(
                Problem(number, _("Name"), _("Looks like an identity number, which is never stored."))
            )
            continue
        kept.append(line)
        name, _gap, rest = _parted(line)
        if not name or name.lower() in HEADS:
            continue
        role = words.get(rest.lower())
        if role is None:
            sheet.problems.append(Problem(number, _("Role"), _("This role is not known here.")))
        if len(name) > 60 or re.search(r"\d", name):
            sheet.problems.append(Problem(number, _("Name"), _("A name has at most 60 letters and no digits.")))
        if role is not None:
            sheet.rows.append((name, role))
    if len(sheet.rows) > MOST_ROWS:
        sheet.problems.append(Problem(MOST_ROWS + 1, _("Name"), _("At most 200 people at a time.")))
    sheet.echo = "\n".join(kept)
    return sheet


def _parted(line: str) -> tuple[str, str, str]:
    """Name, separator and role of one line. A tab or comma parts before a blank does: “Mary Lee, teacher”."""
    line = line.strip()
    for mark in ("\t", "，", ",", "；", ";", "、"):
        if mark in line:
            name, gap, rest = line.partition(mark)
            return name.strip(), gap, rest.strip(" \t,，;；、")
    name, gap, rest = line.partition(" ") if not line.isascii() else line.rpartition(" ")
    return name.strip(), gap, rest.strip()
