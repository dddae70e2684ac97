"""Figures broken down: by grade, by week, by form. What the charts draw, and the tables beside them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Count, Sum, When
from django.db.models.functions import ExtractMonth, ExtractYear, TruncDate
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from activities.models import Programme
from partnerships.models import SchoolClass
from partnerships.models.school_class import NEW_YEAR_MONTH
from portal.reports.coverage import monday_of
from portal.reports.scope import Scope


@dataclass(frozen=True)
class GradeRow:
    grade: int
    visits: int
    pupils: int


def by_grade(scope: Scope) -> list[GradeRow]:
    """Pupil visits and distinct pupils by the grade that the pupil was in on the day; rosters only.

    The database groups by class and school year; the class tells its grade.
    """
    here = timezone.get_current_timezone()
    year = ExtractYear("booking__session__starts_at", tzinfo=here)
    month = ExtractMonth("booking__session__starts_at", tzinfo=here)
    counted = (
        scope.roll.order_by()
        .annotate(school_year=Case(When(GreaterThanOrEqual(month, NEW_YEAR_MONTH), then=year), default=year - 1))
        .values_list("enrolment__school_class__stage", "enrolment__school_class__entry_year", "school_year")
        .annotate(visits=Count("pk"), pupils=Count("student", distinct=True))
    )
    rows: dict[int, GradeRow] = {}
    for stage, entry_year, school_year, visits, pupils in counted:
        grade = SchoolClass(stage=stage, entry_year=entry_year).grade(dt.date(school_year, NEW_YEAR_MONTH, 1))
        if grade is not None:
            old = rows.get(grade, GradeRow(grade, 0, 0))
            rows[grade] = GradeRow(grade, old.visits + visits, old.pupils + pupils)
    return [rows[grade] for grade in sorted(rows)]


def by_week(scope: Scope) -> list[tuple[dt.date, int]]:
    """Pupil visits a calendar week (its Monday), by roster and by heads, weeks without any included."""
    day = TruncDate("session__starts_at")
    heads = scope.bookings.annotate(day=day).values_list("day").annotate(n=Sum("attended")).order_by()
    roll = scope.roll.annotate(day=TruncDate("booking__session__starts_at")).values_list("day").annotate(n=Count("pk"))
    weeks: Counter[dt.date] = Counter()
    for date, number in [*heads, *roll.order_by()]:
        weeks[monday_of(date)] += number or 0
    monday = monday_of(scope.starts_on)
    found = []
    while monday <= scope.as_of:
        found.append((monday, weeks[monday]))
        monday += dt.timedelta(days=7)
    return found


def by_form(scope: Scope) -> list[tuple[str, int]]:
    """Sessions held by form (its code), most first."""
    counted = (
        scope.sessions.order_by()
        .values_list("programme__form")
        .annotate(n=Count("pk"))
        .order_by("-n", "programme__form")
    )
    return list(counted)


def form_label(code: str) -> str:
    return str(Programme.Form(code).label)
