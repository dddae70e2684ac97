"""Days and times of day in the cells of lists."""

import datetime as dt
import re

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")

TIME = re.compile(r"(\d{1,2})\s*[:：时]\s*(\d{2})?(?:[:：]00)?\s*分?")


def day_of(text: str) -> dt.date | None:
    """2026-10-01, 2026/10/1, 2026.10.1, 2026年10月1日; None for anything else."""
    match = DAY.fullmatch(text.strip())
    if not match:
        return None
    try:
        day = dt.date(*map(int, match.groups()))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2099 else None  # further away it is a slip, and has no day before or after it


def time_of(text: str) -> dt.time | None:
    """9:30, 09:30:00, 9：30, 9时30分, 9时; None for anything else."""
    match = TIME.fullmatch(text.strip())
    if not match:
        return None
    try:
        return dt.time(int(match[1]), int(match[2] or 0))
    except ValueError:
        return None
