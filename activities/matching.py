"""Suggestions: who could give a session, best fit first, each with its reasons in words; never a number to compare."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities import hosts
from activities.models import Assignment, Check, Counselor, Session
from activities.models.counselor import Field, slot_of
from partnerships.models.school_class import ZH_GRADES
from people import thresholds
from people.actors import Actor
from people.models import Organisation
from portal.lib import wording

SHOWN = 20


@dataclass
class Suggestion:
    """One counselor as the host's list shows them. `hindrance` says why an invitation would be refused."""

    counselor: Counselor
    reasons: list[str] = field(default_factory=list)
    hindrance: str = ""


def suggestions(session: Session, host: Organisation, actor: Actor) -> list[Suggestion]:
    """Counselors listed where the host is, who have not been asked for this session yet.

    A venue reads nothing about the checks of people whom it has not invited: those who lack one are left out there.
    """
    districts = hosts.districts_of(host)
    asked = Assignment.objects.filter(session=session).exclude(state__in=Assignment.MOVES["invite"].sources)
    rows = Counselor.objects.listed_in(districts).exclude(pk__in=asked.values("counselor"))
    rows = list(rows.select_related("organisation").order_by("organisation__name_zh", "pk"))
    keys = [row.pk for row in rows]
    free = set(Counselor.objects.free_between(session.starts_at, session.ends_at).values_list("pk", flat=True))
    past = Assignment.objects.live().past().filter(host=host, counselor__in=keys)
    visits = Counter(past.values_list("counselor", flat=True))
    checked = _checked(rows, districts, session)
    found = [
        _judged(row, session, visits[row.pk], is_free=row.pk in free, is_checked=row.pk in checked)
        for row in rows
        if row.pk in checked or actor.is_school
    ]
    found.sort(key=lambda one: (bool(one.hindrance), -len(one.reasons)))  # stable: by name among equals
    return found[:SHOWN]


def _checked(rows: list[Counselor], districts: list[int], session: Session) -> set[int]:
    """Those whose check counts on the day in one of the districts, or who need none there."""
    needed = [set(thresholds.of(district)["counselor_check_kinds"]) for district in districts]
    free_of_it = {row.pk for row in rows if any(row.kind not in kinds for kinds in needed)}
    valid = Check.objects.valid_on(session.day).filter(unit__district__in=districts, counselor__in=rows)
    return free_of_it | set(valid.values_list("counselor", flat=True))


def _judged(counselor: Counselor, session: Session, visits: int, *, is_free: bool, is_checked: bool) -> Suggestion:
    if not is_checked:
        return Suggestion(counselor, hindrance=_("The background check does not cover the day."))
    if not is_free:
        return Suggestion(counselor, hindrance=_("Not available at that time."))
    return Suggestion(counselor, reasons_for(counselor, session, visits))


def _grades(grades: list[int]) -> str:
    return wording.listed([ZH_GRADES[grade] if wording.reads_chinese() else str(grade) for grade in grades])


def reasons_for(counselor: Counselor, session: Session, visits: int = 0) -> list[str]:
    """Field, grades, weekly time, certification, and that they know the place."""
    reasons = []
    if session.counselor_field in counselor.fields:
        reasons.append(_("knows %(field)s") % {"field": Field(session.counselor_field).label})
    grades = sorted(set(session.programme.grades) & set(counselor.grades))
    if grades:
        reasons.append(_("teaches grades %(grades)s") % {"grades": _grades(grades)})
    if slot_of(session.starts_at) in counselor.availability:
        reasons.append(_("usually has time then"))
    if counselor.certification:
        reasons.append(_("%(level)s certificate") % {"level": counselor.get_certification_display()})
    if visits:
        reasons.append(ngettext("was here %(n)s time", "was here %(n)s times", visits) % {"n": visits})
    return reasons
