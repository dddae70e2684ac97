"""Verbs of results: a school enters competitions and projects, mentor and school confirm, either is withdrawn and restored."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models import Appointment
from credits.models import Competition, Result
from partnerships.models import Enrolment, School, Term
from people import audit, notices
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.models.membership import MembershipQuerySet
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused, free_text

POST = "credits.post_result"
MENTORS = (Role.TEACHER, Role.COORDINATOR, Role.SCHOOL_LEAD)


@dataclass
class Entered:
    """What entering several pupils at once did: new results, and pupils who had this one already."""

    new: list[Result] = field(default_factory=list)
    known: int = 0


@verb
def enter_competition(
    competition: Competition,
    *,
    school: School,
    students: Iterable[uuid.UUID],
    happened_on: dt.date,
    evidence: str,
    by: Actor,
) -> Entered:
    """These pupils took part on that day; a prize is nobody's business here. Counts at once: the evidence is the organiser's.

    A result that was withdrawn comes back with its new day and evidence. Raises Refused as `_common` does."""
    common = _common(school, students, happened_on=happened_on, evidence=evidence, by=by)
    if competition.district_id != school.district_id:
        raise Refused("result_competition", _("This competition stands on the list of another district."))
    earlier = Result.objects.filter(
        competition=competition, student__in=common.students, school_year=common.term.school_year
    )  # fmt: skip
    known, entered = {result.student_id: result for result in earlier}, Entered()
    for student in common.students:
        if student in known and known[student].state != Result.State.WITHDRAWN:
            entered.known += 1
        elif student in known:
            entered.new.append(_again(known[student], common, by=by))
        else:
            entered.new.append(
                _new(common, student, by=by, kind=Result.Kind.COMPETITION, competition=competition, state="confirmed",
                     confirmed_at=clock.now(), confirmed_by=by.user)
            )  # fmt: skip
    for result in entered.new:
        ring(POST, result.pk)
    return entered


@verb
def enter_project(
    title: str,
    *,
    school: School,
    students: Iterable[uuid.UUID],
    happened_on: dt.date,
    evidence: str,
    mentor: Membership,
    by: Actor,
) -> list[Result]:
    """These pupils finished a project on that day; it waits for its mentor, then for a second person at the school.

    Raises Refused as `_common` does, and for somebody who is not among `mentors_of` the school."""
    common = _common(school, students, happened_on=happened_on, evidence=evidence, by=by)
    if not mentors_of(school).filter(pk=mentor.pk).exists():
        raise Refused("result_mentor", _("The mentor is of this school or a counselor whom it has appointed."))
    made = [
        _new(common, student, by=by, kind=Result.Kind.PROJECT, title=title.strip(), mentor=mentor, state="entered")
        for student in common.students
    ]
    notices.send(
        "result_to_vouch",
        to=[mentor.user],
        subject=f"result:{made[0].pk}",
        path="/results/",
        facts={"name": title.strip(), "school": school.name},
    )
    return made


def mentors_of(school: School) -> MembershipQuerySet:
    """Who can be the mentor of a project: people of the school, and the counselors whom it has appointed."""
    appointed = Appointment.objects.filter(school=school).in_force(clock.today()).values("counselor")
    return Membership.objects.active().filter(
        Q(organisation=school.pk, role__in=MENTORS) | Q(organisation__in=appointed, role=Role.COUNSELOR)
    )


@verb
def vouch(result: Result, *, by: Actor) -> None:
    """The mentor says that the project is finished and the pupil's own. Only the mentor can."""
    if result.mentor is None or by.user is None or result.mentor.user_id != by.user.pk:
        raise PermissionDenied("result.vouch")
    move(result, "vouch", by=by, vouched_at=clock.now(), vouched_by=by.user)
    others = [user for user in notices.members(result.school_id, Role.COORDINATOR, Role.SCHOOL_LEAD) if user != by.user]
    notices.send(
        "result_to_confirm",
        to=others,
        subject=f"result:{result.pk}",
        path=f"/results/{result.pk}/",
        facts={"name": result.title, "mentor": by.label},
    )


@verb
def confirm(result: Result, *, by: Actor) -> None:
    """The school says so too: another person than the mentor (constraint result_two_people). Now it counts."""
    move(result, "confirm", by=by, confirmed_at=clock.now(), confirmed_by=by.user)
    ring(POST, result.pk)


@verb
def withdraw(result: Result, *, why: str, by: Actor) -> None:
    """It was not so after all: what it earned is taken back. A club follows its rolls and can't be withdrawn by hand."""
    _of_people(result)
    move(result, "withdraw", by=by, why=free_text(why))
    ring(POST, result.pk)


@verb
def restore(result: Result, *, by: Actor) -> None:
    """It was so: what it is worth is awarded again. A project needs both confirmations to have been there before."""
    _of_people(result)
    move(result, "restore", by=by, confirmed_at=clock.now(), why="")
    ring(POST, result.pk)


def _of_people(result: Result) -> None:
    if result.kind == Result.Kind.CLUB:
        raise Refused("result_by_rolls", _("A club's term is counted from its rolls: correct the roll."))


@dataclass(frozen=True)
class _Common:
    """What the results of one form share."""

    school: School
    students: list[uuid.UUID]
    term: Term
    happened_on: dt.date
    evidence: str


def _common(
    school: School, students: Iterable[uuid.UUID], *, happened_on: dt.date, evidence: str, by: Actor
) -> _Common:
    """Raises PermissionDenied, or Refused for a day to come, before the first term, or with pupils of elsewhere."""
    require(by, Permission.RESULT_ENTER, school)
    wanted = sorted(set(students))
    if not wanted:
        raise Refused("result_nobody", _("Choose at least one pupil."))
    if happened_on > clock.today():
        raise Refused("result_future", _("This day has not come yet."))
    there = Enrolment.objects.on(happened_on).filter(school_class__school=school, student__in=wanted)
    if set(there.values_list("student", flat=True)) != set(wanted):
        raise Refused("result_pupils", _("Not all of these pupils were at the school on that day."))
    term = Term.objects.filter(district=school.district_id, starts_on__lte=happened_on).order_by("-starts_on").first()
    if term is None:
        raise Refused("result_term", _("The day is before the first term that the district entered."))
    return _Common(school, wanted, term, happened_on, evidence.strip())


def _new(common: _Common, student: uuid.UUID, *, by: Actor, **fields: Any) -> Result:
    result = Result.objects.create(
        student_id=student,
        school=common.school,
        district_id=common.school.district_id,
        term=common.term,
        school_year=common.term.school_year,
        happened_on=common.happened_on,
        evidence=common.evidence,
        entered_at=clock.now(),
        entered_by=by.user,
        **fields,
    )
    audit.record("result.enter", result, by=by, is_now=result.state)
    return result


def _again(result: Result, common: _Common, *, by: Actor) -> Result:
    """A withdrawn result of the same competition and school year, entered anew."""
    move(
        result, "restore", by=by, happened_on=common.happened_on, term=common.term, evidence=common.evidence,
        confirmed_at=clock.now(), confirmed_by=by.user, why="",
    )  # fmt: skip
    return result
