"""Coverage: which schools have a paired venue, and a weekly science period after school."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from partnerships.models import AgreementParty, CalendarDay, School
from people import thresholds
from portal.reports.figure import Value
from portal.reports.scope import Scope


def paired_rows(scope: Scope) -> QuerySet[School]:
    """Schools with at least one agreement active on the day."""
    party = AgreementParty.objects.standing(scope.as_of).filter(organisation_id=OuterRef("pk"))
    return scope.schools.filter(Exists(party.filter(agreement__in=scope.agreements.values("pk"))))


def paired_schools(scope: Scope) -> Value:
    return Value(paired_rows(scope).count(), scope.schools.count())


def paired_venues(scope: Scope) -> Value:
    """Venues of the agreements that are active on the day."""
    return Value(scope.agreements.aggregate(venues=Count("venue", distinct=True))["venues"])


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def teaching_weeks(scope: Scope) -> set[dt.date]:
    """Mondays of the weeks so far that hold a teaching day."""
    days = CalendarDay.objects.teaching().filter(
        district_id=scope.district_id, date__gte=scope.starts_on, date__lte=scope.as_of
    )
    return {monday_of(day) for day in days.values_list("date", flat=True)}


def weeks_held(scope: Scope) -> dict[int, set[dt.date]]:
    """School → Mondays of the teaching weeks in which it held at least one after-school date.

    A week counts when a date of the school's own series was held in it (每周科学课时, Chongqing 2024).
    """
    weeks = teaching_weeks(scope)
    dates = (
        scope.bookings.filter(session__school__isnull=False)
        .annotate(day=TruncDate("session__starts_at"))
        .values_list("school_id", "day")
        .distinct()
    )
    held: dict[int, set[dt.date]] = defaultdict(set)
    for school, day in dates:
        if monday_of(day) in weeks:
            held[school].add(monday_of(day))
    return held


def covered_schools(scope: Scope) -> set[int]:
    """Schools that held enough of the teaching weeks so far (share is the district's threshold, 100 % by default)."""
    weeks = len(teaching_weeks(scope))
    if not weeks:
        return set()
    least = thresholds.of(scope.district_id, on=scope.as_of)["report_weekly_science_share"]
    return {school for school, held in weeks_held(scope).items() if len(held) * 100 >= least * weeks}


def weekly_rows(scope: Scope) -> QuerySet[School]:
    return scope.schools.filter(pk__in=covered_schools(scope))


def weekly_science(scope: Scope) -> Value:
    """For a district the schools covered, for one school its weeks held, of the teaching weeks so far."""
    weeks = teaching_weeks(scope)
    if scope.school_id:
        return Value(len(weeks_held(scope).get(scope.school_id, ())), len(weeks))
    return Value(weekly_rows(scope).count(), scope.schools.count() if weeks else 0)
