"""成果: competitions, projects and club terms of a school; entering them, and the two confirmations of a project."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from credits import judging, labels, results
from credits.models import Result
from credits.result_forms import ReasonForm, ResultFilter, ResultForm
from partnerships.models import ActivityGroup, Enrolment, GroupMember, School, SchoolClass, Student
from people.access import may, require
from people.actors import Actor
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset

KINDS = (Result.Kind.COMPETITION, Result.Kind.PROJECT)
LAST = 10_000  # pupils without a seat number stand behind the others


def _rows() -> Any:
    return Result.objects.select_related(
        "competition",
        "group",
        "student",
        "school__organisation__district",
        "mentor__user",
        "mentor__organisation",
        "term",
    )


@allow(Permission.RESULT_SEE)
def index(request: HttpRequest) -> HttpResponse:
    """A school's results, an office's pseudonymous view of its district, a mentor's own projects."""
    actor = request.actor
    bar = ResultFilter(request.GET)
    page = keyset(bar.narrowed(_rows().visible_to(actor)), request.GET, order=("-happened_on", "-pk"), size=25)
    names = _names(page.rows, actor)
    context = {
        "page": page,
        "rows": [(names[one.result.student_id], one) for one in judging.judged_results(page.rows) if one.result],
        "bar": bar,
        "shows_school": actor.is_office,
        "may_enter": may(actor, Permission.RESULT_ENTER),
    }
    return render(request, "credits/result_list.html", context)


@allow(Permission.RESULT_ENTER)
def choose(request: HttpRequest) -> HttpResponse:
    """Which class or club the new result is of."""
    actor, today = request.actor, clock.today()
    school = seen(School.objects, actor, pk=actor.organisation_id)
    classes = SchoolClass.objects.visible_to(actor).filter(school=school).studying(today).in_order()
    context = {
        "classes": [(school_class, school_class.label(today)) for school_class in classes],
        "groups": ActivityGroup.objects.visible_to(actor).filter(school=school).on(today),
        "kinds": KINDS,
    }
    return render(request, "credits/result_choose.html", context)


@allow(Permission.RESULT_ENTER)
def of_class(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    classes = SchoolClass.objects.select_related("school__organisation__district")
    school_class = seen(classes, request.actor, pk=pk)
    today = clock.today()
    enrolments = Enrolment.objects.on(today).filter(school_class=school_class).select_related("student")
    seats = {enrolment.student: enrolment.seat for enrolment in enrolments}
    return _enter(request, kind, school_class.school, seats, school_class.label(today))


@allow(Permission.RESULT_ENTER)
def of_group(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    group = seen(ActivityGroup.objects.select_related("school__organisation__district"), request.actor, pk=pk)
    members = GroupMember.objects.on(clock.today()).filter(group=group).select_related("student")
    return _enter(request, kind, group.school, {member.student: None for member in members}, group.name)


def _enter(
    request: HttpRequest, kind: str, school: School, seats: dict[Student, int | None], label: str
) -> HttpResponse:
    actor = request.actor
    require(actor, Permission.RESULT_ENTER, school)
    if kind not in KINDS:
        raise Http404
    names = labels.of(seats, by=actor, school=school)
    pupils = sorted(seats, key=lambda student: (seats[student] or LAST, names[student.pk], student.pk))
    choices = [(str(one.pk), f"{seats[one]} {names[one.pk]}" if seats[one] else names[one.pk]) for one in pupils]
    form = ResultForm.of(kind, school, *([request.POST] if request.method == "POST" else []), pupils=choices)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _kept(kind, school, dict(form.cleaned_data), by=actor))
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("credits:result-list")
    context = {"form": form, "kind": Result.Kind(kind), "label": label, "has_pupils": bool(choices)}
    return render(request, "credits/result_enter.html", context, status=409 if form.non_field_errors() else 200)


def _kept(kind: str, school: School, said: dict[str, Any], *, by: Actor) -> str:
    """Write what the form said; the sentence about it."""
    students = said.pop("pupils")
    if kind == Result.Kind.PROJECT:
        made = results.enter_project(said.pop("title"), school=school, students=students, by=by, **said)
        return ngettext(
            "%(n)s project entered. It waits for its mentor.",
            "%(n)s pupils entered. They wait for the mentor.",
            len(made),
        ) % {"n": len(made)}
    entered = results.enter_competition(said.pop("competition"), school=school, students=students, by=by, **said)
    n = len(entered.new)
    sentence = ngettext("%(n)s result entered.", "%(n)s results entered.", n) % {"n": n}
    if entered.known:
        sentence += _(" %(n)s had it already: once a school year.") % {"n": entered.known}
    return sentence


@allow(Permission.RESULT_SEE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One result: its evidence, who confirmed it, what it earns and if nothing, why."""
    actor = request.actor
    result = seen(_rows().select_related("vouched_by", "confirmed_by", "entered_by"), actor, pk=pk)
    is_mentor = bool(result.mentor and actor.user and result.mentor.user_id == actor.user.pk)
    moves = [name for name in abilities(result, actor) if name != "vouch" or is_mentor]
    by_hand = result.kind != Result.Kind.CLUB
    context = {
        "result": result,
        "name": _names([result], actor)[result.student_id],
        "judged": judging.judged_results([result])[0],
        "entries": result.credit_entries.select_related("rule", "posting").order_by("pk"),
        "moves": moves if by_hand else [],
        "opens_sheet": may(actor, Permission.CREDIT_SEE),
        "shows_people": actor.organisation_id in result.organisation_ids(),
    }
    return render(request, "credits/result_page.html", context)


@allow(Permission.RESULT_VOUCH)
@require_POST
def vouch(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, results.vouch, _("Confirmed. Now the school confirms it."))


@allow(Permission.RESULT_ENTER)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, results.confirm, _("Confirmed. The credits are being posted."))


@allow(Permission.RESULT_ENTER)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    return _done(request, pk, results.withdraw, _("Withdrawn. What it earned is taken back."), why=why)


@allow(Permission.RESULT_ENTER)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, results.restore, _("Restored. The credits are being posted."))


def _done(request: HttpRequest, pk: int, act: Callable[..., None], sentence: str, **said: str) -> HttpResponse:
    result = seen(_rows(), request.actor, pk=pk)
    with refusals_told(request):
        act(result, by=request.actor, **said)
        messages.success(request, sentence)
    return redirect("credits:result-page", pk)


def _names(rows: list[Result], actor: Actor) -> dict[Any, str]:
    """Masked for the own school, a pseudonym for everybody else; a mentor reads the mask while the project waits for them."""
    found: dict[Any, str] = {row.student_id: row.student.pseudonym for row in rows}
    shown = [row for row in rows if not actor.is_teacher or row.state == Result.State.ENTERED]
    for school in {row.school for row in shown}:
        own = [row.student for row in shown if row.school_id == school.pk]
        found |= labels.of(own, by=actor, school=school)
    return found
