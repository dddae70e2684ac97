"""Rows of a sheet that hold no pupil (R6): totals, signatures, legends, repeated headings."""

import re
import unicodedata

from portal.lib.spreadsheets.sheets import Sheet

from .header import Header
from .headings import plain

FOOTER = re.compile(
    r"(合计|小计|总计|共计|总人数|共\d+[条名人]|男(生)?[:：]?\d+人|女(生)?[:：]?\d+人|班主任[:：]|制表|填表|审核[人:：]|校长|负责人[:：]"
    r"|校长签字|联系电话[:：]|填报|单位[:：（(]|说明[:：]|备注[:：]|注[:：]|√)"
)
LEFT = re.compile(r"转出|转走|转学|休学|退学|毕业|离校|在籍不在校|死亡|开除")
# 转入 and 转学来 stay
ARRIVED = re.compile(r"转入|转来|转学来|转进|复学")
PRESENT = {"", "在校", "在读", "正常", "在籍", "在籍在校", "是"}
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,3}")


def reason_to_skip(sheet: Sheet, row: int, header: Header, name: str) -> str:
    """Why a row holds no pupil, "" if it may hold one."""
    filled = [cell for cell in sheet.rows[row] if cell]
    if not filled:
        return "blank"
    matching = sum(plain(cell) in header.headings for cell in filled)
    if matching >= 2 and matching >= len(filled) / 2:
        return "heading"
    first = unicodedata.normalize("NFKC", filled[0]).replace(" ", "")
    if FOOTER.match(first) or (name and FOOTER.match(unicodedata.normalize("NFKC", name).replace(" ", ""))):
        return "footer"
    if not name and len(filled) == 1 and (len(first) > 4 or not first.isdecimal()):
        return "note"
    return ""


def has_left(status: str, remark: str) -> str:
    """The word that says a pupil is not on the roll calls (休学, 转出 …), "" for one who is."""
    if status not in PRESENT:
        return status
    match = LEFT.search(remark)
    return match[0] if match and not ARRIVED.search(remark) and "?" not in remark else ""


def is_scientific(text: str) -> bool:
    """2.022E+07: the program has shown a number in scientific form and its digits are lost."""
    return SCIENTIFIC.fullmatch(text) is not None
