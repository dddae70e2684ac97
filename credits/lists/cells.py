"""Cells that both lists read."""

import datetime as dt
import re

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")


def day_of(text: str) -> dt.date | None:
    """2026-10-01, 2026/10/1, 2026.10.1, 2026年10月1日; None for anything else."""
    match = DAY.fullmatch(text.strip())
    if not match:
        return None
    try:
        return dt.date(*map(int, match.groups()))
    except ValueError:
        return None
