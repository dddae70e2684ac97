"""How days, times, amounts and counts are written in both languages of the house."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

from portal.lib import clock as house_clock

WEEKDAYS_ZH = "一二三四五六日"


def reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def local(moment: date) -> date:
    """A datetime in the house's zone; a plain date as it is."""
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


def weekday(moment: date) -> str:
    """周二 / Tue"""
    moment = local(moment)
    return f"周{WEEKDAYS_ZH[moment.weekday()]}" if reads_chinese() else f"{moment:%a}"


def day(moment: date, *, year: bool = False) -> str:
    """11月24日（周二） / Tue 24 Nov; with the year 2026年11月24日（周二） / Tue 24 Nov 2026."""
    moment = local(moment)
    written = date_format(moment, "DATE_FORMAT" if year else "MONTH_DAY_FORMAT", use_l10n=True)
    return f"{written}（{weekday(moment)}）" if reads_chinese() else f"{weekday(moment)} {written}"


def clock(moment: datetime) -> str:
    """9:30, in both languages."""
    return date_format(local(moment), "TIME_FORMAT", use_l10n=True)


def dash() -> str:
    return "—" if reads_chinese() else "–"


def when(starts: datetime, ends: datetime | None = None, *, year: bool = False) -> str:
    """11月24日（周二）9:30—11:30 / Tue 24 Nov, 9:30–11:30; with the year 2026年11月24日（周二）9:30."""
    start = f"{day(starts, year=year)}{'' if reads_chinese() else ', '}{clock(starts)}"
    if ends is None:
        return start
    same_day = local(starts).strftime("%Y%m%d") == local(ends).strftime("%Y%m%d")
    return f"{start}{dash()}{clock(ends) if same_day else when(ends)}"


def due(moment: date) -> str:
    """今天 13:00 前, 11月26日（周四）前 / by 13:00 today, by Thu 26 Nov"""
    shown = local(moment)
    if isinstance(shown, datetime) and shown.date() == house_clock.today():
        return gettext("by %(time)s today") % {"time": clock(shown)}
    return gettext("by %(day)s") % {"day": day(moment)}


def span(first: date, last: date | None) -> str:
    """A range of days, both inclusive: 2026年9月1日—2027年1月31日 / 1 Sep 2026–31 Jan 2027."""
    start = date_format(local(first), "DATE_FORMAT", use_l10n=True)
    return f"{start}{dash()}{date_format(local(last), 'DATE_FORMAT', use_l10n=True) if last else ''}"


def number(value: int | float | Decimal | None, decimals: int | None = None) -> str:
    """1,234; unknown is an em dash; minus is the real minus sign."""
    if value is None:
        return "—"
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True).replace("-", "−")


def money(value: Decimal | int | None) -> str:
    """Yuan: 1,290 元 / ¥1,290, two decimals only where there are fen."""
    if value is None:
        return "—"
    amount = number(value, 0 if value == int(value) else 2)
    return f"{amount} 元" if reads_chinese() else f"¥{amount}".replace("¥−", "−¥")


def points(thousandths: int | None) -> str:
    """Credits are kept in thousandths: 1500 → 1.5, 1000 → 1.0, 250 → 0.25."""
    if thousandths is None:
        return "—"
    written = f"{Decimal(thousandths) / 1000:,.3f}".rstrip("0")
    return (written + "0" if written.endswith(".") else written).replace("-", "−")


def heads(count: int | None) -> str:
    """86 人 / 86 pupils"""
    return "—" if count is None else ngettext("%(n)s pupil", "%(n)s pupils", count) % {"n": number(count)}


def visits(count: int | None) -> str:
    """1,204 人次 / 1,204 pupil visits"""
    return "—" if count is None else ngettext("%(n)s pupil visit", "%(n)s pupil visits", count) % {"n": number(count)}


def far(metres: int | None) -> str:
    """约 5.5 公里 / about 5.5 km; below a kilometre in hundreds of metres; unknown is 未采集."""
    if metres is None:
        return gettext("not collected")
    if metres < 1000:
        return gettext("about %(n)s m") % {"n": number(round(metres, -2))}
    return gettext("about %(n)s km") % {"n": number(metres / 1000, 1)}


def percent(part: int, whole: int, decimals: int = 1) -> str:
    """93.2%; without a whole there is no share: an em dash."""
    return "—" if not whole else f"{Decimal(part) * 100 / Decimal(whole):.{decimals}f}%"


def listed(words: list[str]) -> str:
    """A、B、C / A, B, C"""
    return ("、" if reads_chinese() else ", ").join(words)


def sentence_of(parts: list[tuple[str, str]]) -> str:
    """约定 16，已预约 4，已完成 9 / Promised 16, booked 4, done 9"""
    return ("，" if reads_chinese() else ", ").join(f"{label} {value}" for label, value in parts)


def progress_due(value: str) -> str:
    return gettext("due by now %(n)s") % {"n": value}
