"""Earning is pure: every reason, and what must hold for any rule and any past."""

import datetime as dt
import uuid
from dataclasses import replace
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from credits import earning
from credits.earning import Fact, Line, Occasion, Why
from credits.models import CreditRule

RULE = CreditRule(code="EXP", version=1, points=1000, cap_year=4000, grades=[5, 6, 7, 8], minutes=90, unit="session")
OCCASION = Occasion(
    booking_id=1, session_id=2, school_id=3, district_id=4, day=dt.date(2026, 10, 12), minutes=120, code="EXP",
    programme_id=5, venue_id=6, term_id=7, school_year=2026, is_complete=True, has_roll=True, is_pilot=True, rule=RULE,
)  # fmt: skip
FACT = Fact(roll_entry_id=1, student_id=uuid.UUID(int=1), mark="present", was_there=True, grade=5)


def ruled(**fields) -> Occasion:
    values = {"code": "EXP", "points": 1000, "cap_year": 4000, "grades": [5, 6, 7, 8], "minutes": 90, "unit": "session"}
    return replace(OCCASION, rule=CreditRule(**values | fields))


def line(points=1000, **fields) -> Line:
    values = {"code": "EXP", "school_year": 2026, "term_id": 7, "programme_id": 99, "venue_id": 6}
    return Line(points, **values | fields)


def test_present_pupil_of_an_eligible_grade_earns_the_points_of_the_rule():
    assert earning.decide(OCCASION, FACT, []) == earning.Verdict(1000)


@pytest.mark.parametrize(
    ("occasion", "fact", "lines", "why"),
    [
        (replace(OCCASION, is_complete=False), FACT, [], Why.INCOMPLETE),
        (replace(OCCASION, has_roll=False), FACT, [], Why.HEADS_ONLY),
        (replace(OCCASION, term_id=None), FACT, [], Why.NO_TERM),
        (replace(OCCASION, is_pilot=False), FACT, [], Why.NO_PILOT),
        (replace(OCCASION, code=""), FACT, [], Why.NO_CODE),
        (replace(OCCASION, rule=None), FACT, [], Why.NO_RULE),
        (ruled(points=0), FACT, [], Why.NO_RULE),
        (ruled(code="CLB", unit="term"), FACT, [], Why.NOT_BY_ROLL),
        (replace(OCCASION, minutes=89), FACT, [], Why.MINUTES),
        (OCCASION, replace(FACT, mark=""), [], Why.NO_MARK),
        (OCCASION, replace(FACT, mark="leave", was_there=False), [], Why.ABSENT),
        (OCCASION, replace(FACT, mark="late", share=Fraction(65, 100)), [], Why.PART),
        (OCCASION, replace(FACT, grade=4), [], Why.GRADE),
        (OCCASION, replace(FACT, grade=None), [], Why.GRADE),
        (ruled(needs_task_sheet=True), FACT, [], Why.TASK_SHEET),
        (OCCASION, FACT, [line(programme_id=5)], Why.REPEAT),
        (ruled(cap_term=2000), FACT, [line(), line()], Why.CAP_TERM),
        (ruled(cap_venue=2000), FACT, [line(), line()], Why.CAP_VENUE),
        (ruled(cap_year=2000), FACT, [line(), line(term_id=8, venue_id=9)], Why.CAP_YEAR),
    ],
)
def test_decide_says_why_nothing_is_earned(occasion, fact, lines, why):
    verdict = earning.decide(occasion, fact, lines)
    assert (verdict.points, verdict.why) == (0, why)
    assert "%(" not in verdict.sentence


@pytest.mark.parametrize(
    ("occasion", "fact", "lines"),
    [
        (replace(OCCASION, minutes=90), FACT, []),
        (OCCASION, replace(FACT, mark="late", share=Fraction(66, 100)), []),
        (ruled(needs_task_sheet=True), replace(FACT, task_sheet=True), []),
        (ruled(once_a_programme=False), FACT, [line(programme_id=5)]),
        (ruled(cap_term=2000), FACT, [line(), line(term_id=8)]),
        (ruled(cap_venue=2000), FACT, [line(), line(venue_id=9)]),
        (ruled(cap_year=2000), FACT, [line(), line(school_year=2025), line(code="VIS")]),
        (OCCASION, FACT, [line(programme_id=5), line(-1000, programme_id=5)]),
    ],
)
def test_decide_awards_at_the_very_edge_of_each_rule(occasion, fact, lines):
    assert earning.decide(occasion, fact, lines) == earning.Verdict(1000)


def test_sentence_names_cap_and_kind():
    with translation.override("en"):
        verdict = earning.decide(ruled(cap_year=2000), FACT, [line(), line()])
        assert verdict.sentence == "The cap of 2.0 points a school year for Science experiment is reached"


@pytest.mark.parametrize(("grades", "words"), [([5, 6, 7, 8], "5–8"), ([8, 3, 1, 4], "1, 3–4, 8"), ([], "")])
def test_grades_of_a_rule_in_words(grades, words):
    with translation.override("en"):
        assert CreditRule(grades=grades).grades_in_words == words


RULES = st.builds(
    ruled,
    points=st.integers(1, 3000),
    cap_year=st.none() | st.integers(1, 9000),
    cap_term=st.none() | st.integers(1, 6000),
    cap_venue=st.none() | st.integers(1, 6000),
    once_a_programme=st.booleans(),
)
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from([7, 8]), st.integers(1, 4), st.integers(1, 3), st.sampled_from([2025, 2026])), max_size=25
)


@given(RULES, HAPPENINGS)
def test_no_order_of_facts_exceeds_a_cap_and_each_award_is_whole(occasion, happenings):
    rule, lines = occasion.rule, []
    for term, programme, venue, year in happenings:
        here = replace(occasion, term_id=term, programme_id=programme, venue_id=venue, school_year=year)
        verdict = earning.decide(here, FACT, lines)
        assert verdict.points in (0, rule.points)
        assert verdict.earns == (verdict.points > 0)
        if verdict.earns:
            lines.append(Line(verdict.points, "EXP", year, term, programme, venue))
    for year in (2025, 2026):
        in_year = [one for one in lines if one.school_year == year]
        assert sum(one.points for one in in_year) <= (rule.cap_year or 10**9)
        for venue in (1, 2, 3):
            assert sum(one.points for one in in_year if one.venue_id == venue) <= (rule.cap_venue or 10**9)
    for term in (7, 8):
        assert sum(one.points for one in lines if one.term_id == term) <= (rule.cap_term or 10**9)
    if rule.once_a_programme:
        assert len({one.programme_id for one in lines}) == len(lines)


@given(RULES, HAPPENINGS)
def test_what_stands_stays_entitled_when_judged_without_itself(occasion, happenings):
    """Otherwise the sweep would take back today what it awards tomorrow."""
    lines = []
    for term, programme, venue, year in happenings:
        here = replace(occasion, term_id=term, programme_id=programme, venue_id=venue, school_year=year)
        verdict = earning.decide(here, FACT, lines)
        if verdict.earns:
            lines.append(Line(verdict.points, "EXP", year, term, programme, venue))
    for own in lines:
        here = replace(
            occasion, term_id=own.term_id, programme_id=own.programme_id, venue_id=own.venue_id,
            school_year=own.school_year,
        )  # fmt: skip
        assert earning.decide(here, FACT, [*lines, replace(own, points=-own.points)]).earns
