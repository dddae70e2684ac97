"""Rules about where else the group is: nobody is in two places, and the way from one to the other takes its time."""

import datetime as dt
import math

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from activities.case import Case, Plan
from activities.models import Session
from activities.verdicts import Broken
from partnerships import distance
from portal.lib import wording

TRAVEL = ("travel_clash", "travel_detour_percent", "travel_kmh", "travel_extra_minutes")


def pupils_are_free(case: Case, session: Session) -> Broken | None:
    busy = {plan.who for plan in case.pupil_plans if _overlaps(plan, session)}
    if not busy:
        return None
    return Broken(
        "school.pupils_busy",
        _("%(count)s pupils of this group are on another list at that time."),
        "school",
        {"count": len(busy)},
        _("Choose another time, or change the list."),
    )


def classes_are_free(case: Case, session: Session) -> Broken | None:
    busy = {plan.who for plan in case.class_plans if _overlaps(plan, session)}
    if not busy:
        return None
    names = [lazy(c.label, str)(session.day) for c in case.group.classes if c.pk in busy]
    return Broken(
        "school.class_busy",
        _("%(names)s already has an activity on %(day)s at that time."),
        "school",
        {"names": names, "day": session.day},
        _("Choose another time or another class."),
    )


def _overlaps(plan: Plan, session: Session) -> bool:
    return plan.starts_at < session.ends_at and plan.ends_at > session.starts_at


def can_be_there_in_time(case: Case, session: Session) -> Broken | None:
    """The way from the activity before, and to the next; silent where a position has not been collected."""
    need = case.values["travel_clash"]
    ways = {
        (plan.starts_at, plan.ends_at, plan.place_id)
        for plan in (*case.pupil_plans, *case.class_plans)
        if plan.place_id != session.place_id and not _overlaps(plan, session)
    }
    missing = [found for way in ways if (found := _missing(case, session, *way))]
    if need == "none" or not missing:
        return None
    _lacking, at, minutes, gap = max(missing)
    return Broken(
        "district.travel_time",
        _(
            "Between this session and the activity at %(at)s there are %(gap)s minutes; the way takes about %(minutes)s."
        ),
        "district",
        {"at": lazy(wording.clock, str)(at), "gap": gap, "minutes": minutes},
        _("Choose a session with %(minutes)s minutes in between."),
        blocks=need == "block",
        is_default=all(case.values.is_default(code) for code in TRAVEL),
    )


def _missing(
    case: Case, session: Session, starts_at: dt.datetime, ends_at: dt.datetime, place_id: int | None
) -> tuple[int, dt.datetime, int, int] | None:
    """Minutes that lack, when the other activity begins, minutes of the way, minutes in between."""
    places = case.places.get(place_id or 0), case.places.get(session.place_id or 0)
    minutes = distance.minutes(distance.metres(*places, case.values), case.values)
    gap = session.starts_at - ends_at if ends_at <= session.starts_at else starts_at - session.ends_at
    between = math.floor(gap.total_seconds() / 60)
    if minutes is None or between >= minutes:
        return None
    return minutes - between, starts_at, minutes, between
