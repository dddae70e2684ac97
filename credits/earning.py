"""Which pupil earns how many points for one booking, and if none, why. Pure: no rows are read or written here."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from credits.models import CreditRule
from portal.lib import wording


class Why(TextChoices):
    """Why a pupil earns nothing. The label is the sentence, filled from the verdict's facts."""

    INCOMPLETE = "incomplete", _("The roll has not been sent yet")
    HEADS_ONLY = "heads_only", _("Booked by head count: without a roll by name nothing can be earned")
    NO_TERM = "no_term", _("The day is before the first term that the district entered")
    NO_PILOT = "no_pilot", _("The school was not a credit pilot on that day")
    NO_CODE = "no_code", _("The programme carries no credit category")
    NO_RULE = "no_rule", _("The district had no rule for %(code)s on that day")
    NOT_BY_ROLL = "not_by_roll", _("%(code)s is counted by the %(unit)s, not by the session")
    NO_MARK = "no_mark", _("Not marked on the roll")
    ABSENT = "absent", _("Was not there")
    OVERRULED = "overruled", _("An objection to these points was upheld")
    PART = "part", _("Was there for less than %(percent)s%% of the time")
    GRADE = "grade", _("Grade %(grade)s does not earn credits (eligible: %(grades)s)")
    MINUTES = "minutes", _("The session lasted %(minutes)s minutes, at least %(least)s are needed")
    TASK_SHEET = "task_sheet", _("The task sheet has not been handed in")
    REPEAT = "repeat", _("Already earned credits for this programme")
    CAP_TERM = "cap_term", _("The cap of %(cap)s points a term for %(code)s is reached")
    CAP_VENUE = "cap_venue", _("The cap of %(cap)s points a school year at one venue for %(code)s is reached")
    CAP_YEAR = "cap_year", _("The cap of %(cap)s points a school year for %(code)s is reached")


@dataclass(frozen=True)
class Occasion:
    """What all pupils of a booking share. `rule` is the version in force on the day, None where there is none."""

    booking_id: int
    session_id: int
    school_id: int
    district_id: int
    day: dt.date
    minutes: int
    code: str
    programme_id: int
    venue_id: int
    term_id: int | None
    school_year: int | None
    is_complete: bool
    has_roll: bool
    is_pilot: bool
    rule: CreditRule | None
    percent: int = 66  # of the time that counts as present

    @property
    def key(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "school_year": self.school_year,
            "term_id": self.term_id,
            "programme_id": self.programme_id,
            "venue_id": self.venue_id,
        }


@dataclass(frozen=True)
class Fact:
    """One pupil's line on the roll. `share` of the time the pupil was there, as far as known."""

    roll_entry_id: int
    student_id: uuid.UUID
    mark: str
    was_there: bool
    grade: int | None
    task_sheet: bool = False
    share: Fraction = Fraction(1)
    is_overruled: bool = False  # a family objected and a second person agreed


@dataclass(frozen=True)
class Line:
    """Points (thousandths) that a pupil already has under one heading. Lines add up; a negative one takes away."""

    points: int
    code: str
    school_year: int
    term_id: int
    programme_id: int
    venue_id: int


@dataclass(frozen=True)
class Verdict:
    """`points` in thousandths, or 0 and the reason."""

    points: int
    why: Why | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def earns(self) -> bool:
        return self.why is None

    @property
    def sentence(self) -> str:
        return str(self.why.label) % self.facts if self.why else ""


def decide(occasion: Occasion, fact: Fact, lines: Iterable[Line]) -> Verdict:
    """The whole of what the rule says, or nothing: points are never cut to fit under a cap.

    `lines` is what the pupil has from *other* facts."""
    return of_all(occasion) or _of_pupil(occasion, fact) or _of_past(occasion, list(lines))


def of_all(occasion: Occasion) -> Verdict | None:
    """A reason that holds for every pupil of the booking, or None."""
    rule = occasion.rule
    if not occasion.is_complete:
        return Verdict(0, Why.INCOMPLETE)
    if not occasion.has_roll:
        return Verdict(0, Why.HEADS_ONLY)
    if occasion.term_id is None:
        return Verdict(0, Why.NO_TERM)
    if not occasion.is_pilot:
        return Verdict(0, Why.NO_PILOT)
    if not occasion.code:
        return Verdict(0, Why.NO_CODE)
    if rule is None or rule.points == 0:
        return Verdict(0, Why.NO_RULE, {"code": occasion.code})
    if not rule.rests_on_rolls:
        return Verdict(0, Why.NOT_BY_ROLL, {"code": rule.get_code_display(), "unit": rule.get_unit_display()})
    if occasion.minutes < rule.minutes:
        return Verdict(0, Why.MINUTES, {"minutes": occasion.minutes, "least": rule.minutes})
    return None


def _of_pupil(occasion: Occasion, fact: Fact) -> Verdict | None:
    rule = occasion.rule
    assert rule is not None
    if not fact.mark:
        return Verdict(0, Why.NO_MARK)
    if not fact.was_there:
        return Verdict(0, Why.ABSENT)
    if fact.is_overruled:
        return Verdict(0, Why.OVERRULED)
    if fact.share * 100 < occasion.percent:
        return Verdict(0, Why.PART, {"percent": occasion.percent})
    if fact.grade not in rule.grades:
        grade = "—" if fact.grade is None else fact.grade
        return Verdict(0, Why.GRADE, {"grade": grade, "grades": rule.grades_in_words})
    if rule.needs_task_sheet and not fact.task_sheet:
        return Verdict(0, Why.TASK_SHEET)
    return None


def _of_past(occasion: Occasion, lines: list[Line]) -> Verdict:
    rule = occasion.rule
    assert rule is not None
    if rule.once_a_programme and sum(line.points for line in lines if line.programme_id == occasion.programme_id) > 0:
        return Verdict(0, Why.REPEAT)
    same = [line for line in lines if line.code == occasion.code]
    year = [line for line in same if line.school_year == occasion.school_year]
    caps = (
        (Why.CAP_TERM, rule.cap_term, [line for line in same if line.term_id == occasion.term_id]),
        (Why.CAP_VENUE, rule.cap_venue, [line for line in year if line.venue_id == occasion.venue_id]),
        (Why.CAP_YEAR, rule.cap_year, year),
    )
    for why, cap, under_it in caps:
        if cap is not None and sum(line.points for line in under_it) + rule.points > cap:
            return Verdict(0, why, {"cap": wording.points(cap), "code": rule.get_code_display()})
    return Verdict(rule.points)
