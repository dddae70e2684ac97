"""Titles of a venue as lists write them: 全国科普教育基地(2021-2025);成都市科普基地."""

import datetime as dt
import re
from dataclasses import dataclass

from partnerships.models import Recognition

Level = Recognition.Level
YEARS = re.compile(r"[(（]\s*(20\d\d)\s*[-—–至]\s*(20\d\d)\s*([^)）]*)[)）]\s*$")
LEVELS = (
    (re.compile(r"^(全国|国家)"), Level.NATIONAL),
    (re.compile(r"^[^市区县]{2,7}(省|自治区)"), Level.PROVINCIAL),
    (re.compile(r"^[^区县]{1,6}市"), Level.CITY),
    (re.compile(r"^[^湾]{1,5}[区县]"), Level.DISTRICT),
)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Title:
    """One title; dates only where the list says from which year to which."""

    title: str
    level: str
    starts_on: dt.date | None
    ends_on: dt.date | None

    @property
    def last_year(self) -> int | None:
        """The year that still counts, as the list writes it."""
        return self.ends_on.year - 1 if self.ends_on else None


def titles_in(cell: str) -> list[Title]:
    """Every title of a cell. A single year (2022年度考核合格) stays in the words: it says neither begin nor end."""
    return [title_of(part.strip()) for part in re.split("[;；\n]", cell) if part.strip()]


def title_of(text: str) -> Title:
    starts_on = ends_on = None
    if match := YEARS.search(text):
        starts_on, ends_on = dt.date(int(match[1]), 1, 1), dt.date(int(match[2]) + 1, 1, 1)
        text = text[: match.start()] + (f"（{match[3]}）" if match[3] else "")
    if starts_on and ends_on and ends_on <= starts_on:
        starts_on = ends_on = None
    level = next((level for pattern, level in LEVELS if pattern.search(text)), "")
    return Title(text[:LONGEST], str(level), starts_on, ends_on)
