"""劳务费发放表: the pay sheet of a settlement in the words of the office, always Chinese, the same bytes each time.

Identity number, bank, tax and signature stay empty: the portal keeps none of them.
"""

from decimal import Decimal
from typing import Any

from django.utils import translation

from activities.models import Settlement, SettlementLine
from portal.lib import wording
from portal.lib.spreadsheets import writing

HEADINGS = [
    "序号", "姓名", "工作单位", "辅导员类别", "地区", "课时", "补助标准（元／课时）", "应发金额（元）",
    "代扣个税（元）", "实发金额（元）", "身份证件号码", "开户行及账号", "签名", "备注",
]  # fmt: skip
WIDTHS = [6, 10, 24, 14, 8, 8, 12, 12, 12, 12, 22, 26, 12, 20]
SHEET = "劳务费发放表"


def rows(batch: Settlement) -> list[list[Any]]:
    """Head, one row a person, rate and area (a correction apart), the sum, and who signs."""
    grouped: dict[tuple[int, str, str, Decimal, bool], list[SettlementLine]] = {}
    for line in batch.lines.with_names().order_by("record__counselor__organisation__name_zh", "record", "pk"):
        record = line.record
        key = (record.counselor_id, record.kind, record.locality, line.rate, line.corrects_id is not None)
        grouped.setdefault(key, []).append(line)
    body = [_row(number, lines) for number, lines in enumerate(grouped.values(), start=1)]
    total = sum((line.amount for lines in grouped.values() for line in lines), Decimal(0))
    district = batch.district
    return [
        [f"{district.name_zh}科技辅导员{SHEET}"],
        ["编号", batch.title, "", "学期", batch.term.name],
        [
            "每课时分钟数",
            batch.class_hour_minutes,
            "",
            "审批日期",
            wording.day(batch.confirmed_at, year=True) if batch.confirmed_at else "",
        ],
        [],
        HEADINGS,
        *body,
        ["合计", "", "", "", "", "", "", total, "", "", "", "", "", ""],
        [],
        ["填报单位（盖章）：", "", "", "负责人（签字）：", "", "", "经办人（签字）：", "", "", "联系人："],
    ]


def _row(number: int, lines: list[SettlementLine]) -> list[Any]:
    first = lines[0].record
    minutes = sum(line.minutes for line in lines)
    hours = (Decimal(minutes) / lines[0].class_hour_minutes).quantize(Decimal("0.01"))
    note = "；".join(f"补差：{line.reason}" for line in lines if line.reason)
    yuan = sum((line.amount for line in lines), Decimal(0))
    return [
        number, first.counselor.organisation.name_zh, first.counselor.employer, str(first.get_kind_display()),
        str(first.get_locality_display()), hours, lines[0].rate, yuan, "", "", "", "", "", note,
    ]  # fmt: skip


def xlsx(batch: Settlement) -> bytes:
    with translation.override("zh-hans"):
        return writing.xlsx_bytes({SHEET: rows(batch)}, {SHEET: WIDTHS})
