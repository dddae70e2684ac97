"""Which pupil earns how many points for one booking or result, and if none, why. Pure: no rows are read or written here."""

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
    WITHDRAWN = "withdrawn", _("The result was withdrawn")
    UNVOUCHED = "unvouched", _("The mentor has not confirmed it yet")
    UNCONFIRMED = "unconfirmed", _("The school has not confirmed it yet")
    OFF_LIST = "off_list", _("%(name)s was not on the white-list on that day")
    STAGE = "stage", _("%(name)s is for other stages: %(stages)s")
    TOO_FEW = "too_few", _("Was there on %(present)s of %(dates)s dates of the term, %(percent)s%% are needed")
    TASK_SHEET = "task_sheet", _("The task sheet has not been handed in")
    REPEAT = "repeat", _("Already earned credits for this programme")
    CAP_TERM = "cap_term", _("The cap of %(cap)s points a term for %(code)s is reached")
    CAP_VENUE = "cap_venue", _("The cap of %(cap)s points a school year at one venue for %(code)s is reached")
    CAP_YEAR = "cap_year", _("The cap of %(cap)s points a school year for %(code)s is reached")


@dataclass(frozen=True)
class Proof:
    """What a result says for itself, where a booking has a roll."""

    result_id: int
    kind: str
    name: str
    waits_for: Why | None = None  # UNVOUCHED, UNCONFIRMED or WITHDRAWN
    is_listed: bool = True
    is_right_stage: bool = True
    stages: str = ""
    dates: int = 0
    present: int = 0
    percent: int = 0  # of the dates that a club asks for


@dataclass(frozen=True)
class Occasion:
    """What all pupils of a booking share, or the one pupil of a result (`proof`) brings along.

    `rule` is the version in force on the day, None where there is none."""

    booking_id: int | None
    session_id: int | None
    school_id: int
    district_id: int
    day: dt.date
    minutes: int
    code: str
    programme_id: int | None
    venue_id: int | None
    term_id: int | None
    school_year: int | None
    is_complete: bool
    has_roll: bool
    is_pilot: bool
    rule: CreditRule | None
    percent: int = 66  # of the time that counts as present
    proof: Proof | None = None

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
    """One pupil's line on the roll, or result. `share` of the time the pupil was there, as far as known."""

    roll_entry_id: int | None
    student_id: uuid.UUID
    mark: str
    was_there: bool
    grade: int | None
    task_sheet: bool = False
    share: Fraction = Fraction(1)
    is_overruled: bool = False  # a family objected and a second person agreed
    result_id: int | None = None


@dataclass(frozen=True)
class Line:
    """Points (thousandths) that a pupil already has under one heading. Lines add up; a negative one takes away."""

    points: int
    code: str
    school_year: int
    term_id: int
    programme_id: int | None
    venue_id: int | None


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
    """A reason that holds for every pupil of the booking or result, or None."""
    rule, proof = occasion.rule, occasion.proof
    if unready := _unready(occasion):
        return Verdict(0, unready)
    if occasion.term_id is None:
        return Verdict(0, Why.NO_TERM)
    if not occasion.is_pilot:
        return Verdict(0, Why.NO_PILOT)
    if not occasion.code:
        return Verdict(0, Why.NO_CODE)
    if rule is None or rule.points == 0:
        return Verdict(0, Why.NO_RULE, {"code": occasion.code})
    if proof:
        return _of_proof(proof)
    if not rule.rests_on_rolls:
        return Verdict(0, Why.NOT_BY_ROLL, {"code": rule.get_code_display(), "unit": rule.get_unit_display()})
    if occasion.minutes < rule.minutes:
        return Verdict(0, Why.MINUTES, {"minutes": occasion.minutes, "least": rule.minutes})
    return None


def _unready(occasion: Occasion) -> Why | None:
    """The fact itself is not settled yet, or names nobody."""
    if occasion.proof and occasion.proof.waits_for:
        return occasion.proof.waits_for
    if not occasion.is_complete:
        return Why.INCOMPLETE
    return None if occasion.has_roll else Why.HEADS_ONLY


def _of_proof(proof: Proof) -> Verdict | None:
    if not proof.is_listed:
        return Verdict(0, Why.OFF_LIST, {"name": proof.name})
    if not proof.is_right_stage:
        return Verdict(0, Why.STAGE, {"name": proof.name, "stages": proof.stages})
    if proof.dates and proof.present * 100 < proof.percent * proof.dates:
        facts = {"present": proof.present, "dates": proof.dates, "percent": proof.percent}
        return Verdict(0, Why.TOO_FEW, facts)
    return None


def _of_roll(occasion: Occasion, fact: Fact) -> Verdict | None:
    if not fact.mark:
        return Verdict(0, Why.NO_MARK)
    if not fact.was_there:
        return Verdict(0, Why.ABSENT)
    if fact.share * 100 < occasion.percent and not fact.is_overruled:
        return Verdict(0, Why.PART, {"percent": occasion.percent})
    return None


def _of_pupil(occasion: Occasion, fact: Fact) -> Verdict | None:
    rule = occasion.rule
    assert rule is not None
    if occasion.proof is None and (missing := _of_roll(occasion, fact)):
        return missing
    if fact.is_overruled:
        return Verdict(0, Why.OVERRULED)
    if fact.grade not in rule.grades:
        grade = "—" if fact.grade is None else fact.grade
        return Verdict(0, Why.GRADE, {"grade": grade, "grades": rule.grades_in_words})
    if rule.needs_task_sheet and not fact.task_sheet and occasion.proof is None:
        return Verdict(0, Why.TASK_SHEET)
    return None


def _of_past(occasion: Occasion, lines: list[Line]) -> Verdict:
    rule = occasion.rule
    assert rule is not None
    programme, venue = occasion.programme_id, occasion.venue_id
    if rule.once_a_programme and programme and sum(line.points for line in lines if line.programme_id == programme) > 0:
        return Verdict(0, Why.REPEAT)
    same = [line for line in lines if line.code == occasion.code]
    year = [line for line in same if line.school_year == occasion.school_year]
    caps = (
        (Why.CAP_TERM, rule.cap_term, [line for line in same if line.term_id == occasion.term_id]),
        (Why.CAP_VENUE, venue and rule.cap_venue, [line for line in year if line.venue_id == venue]),
        (Why.CAP_YEAR, rule.cap_year, year),
    )
    for why, cap, under_it in caps:
        if cap is not None and sum(line.points for line in under_it) + rule.points > cap:
            return Verdict(0, why, {"cap": wording.points(cap), "code": rule.get_code_display()})
    return Verdict(rule.points)
