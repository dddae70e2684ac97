"""The starting set of rules (policy.md §3): ours, not policy, and marked so wherever it shows."""

from typing import Any

from credits.models.rule import Category, Code, Unit

GRADES = [5, 6, 7, 8]


def _rule(category: Category, unit: Unit, points: int, cap_year: int, **more: Any) -> dict[str, Any]:
    return {"category": category, "unit": unit, "points": points, "cap_year": cap_year, "grades": GRADES} | more


# Points and caps in thousandths.
RULES: dict[str, dict[str, Any]] = {
    Code.EXP: _rule(Category.EXPERIMENT, Unit.SESSION, 1000, 4000, minutes=90),
    Code.VIS: _rule(Category.EXPERIMENT, Unit.SESSION, 1000, 6000, cap_venue=3000, minutes=120, needs_task_sheet=True),
    Code.LEC: _rule(Category.INTO_SCHOOL, Unit.SESSION, 500, 3000, minutes=40),
    Code.CLB: _rule(Category.CLUB, Unit.TERM, 2000, 4000, once_a_programme=False),
    Code.FES: _rule(Category.FESTIVAL, Unit.EVENT, 500, 2000),
    Code.RES: _rule(Category.PROJECT, Unit.PROJECT, 3000, 3000),
    Code.ONL: _rule(Category.INTO_SCHOOL, Unit.UNIT, 250, 1000, minutes=40),
    Code.CMP: _rule(Category.COMPETITION, Unit.EVENT, 1000, 2000),
    Code.TRN: _rule(Category.EXPERIMENT, Unit.DAY, 2000, 4000, minutes=300),
}
