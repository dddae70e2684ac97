"""Forms of class moves. Each leads to a preview (activities/views/roster_change.py); nothing is written before."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from partnerships import roster_changes
from partnerships.forms.roster_change import LeaveForm, OnwardForm, TargetForm, class_choices
from partnerships.models import RosterChange, School, SchoolClass, Student
from partnerships.roster_change_page import next_year
from partnerships.school_page import pupils
from partnerships.views.classes import wants_names
from people.access import may, require
from people.gate import allow, seen
from people.once import once
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused

Proposal = Callable[[forms.Form, set[UUID]], RosterChange]


def _own_class(request: HttpRequest, pk: int) -> SchoolClass:
    school_class = seen(SchoolClass.objects.select_related("school__organisation"), request.actor, pk=pk)
    require(request.actor, Permission.ROSTER_IMPORT, school_class)
    return school_class


def _asked(request: HttpRequest, form: forms.Form, propose: Proposal, context: dict[str, Any]) -> HttpResponse:
    """What the forms share: propose, answer a refusal in the form, go on to the preview."""
    rows, ticked = context.get("rows", []), set(request.POST.getlist("pupil"))
    if request.method == "POST" and form.is_valid():
        try:
            change = propose(form, {row.id for row in rows if str(row.id) in ticked})
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("activities:roster_change-page", change.pk)
    context["rows"] = [(row, str(row.id) in ticked) for row in rows]
    blank = {"school_class": None, "leaving": None}
    return render(request, "partnerships/roster_change_form.html", blank | context | {"form": form})


def _of_class(request: HttpRequest, school_class: SchoolClass, title: str, *, with_pupils: bool) -> dict[str, Any]:
    day, school = clock.today(), school_class.school
    context: dict[str, Any] = {
        "school": school,
        "school_class": school_class,
        "label": school_class.label(day),
        "title": title,
    }
    if with_pupils:
        students = list(Student.objects.visible_to(request.actor).enrolled_in(school_class, day))
        with_names = wants_names(request, school)
        context |= {"may_look": may(request.actor, Permission.IDENTITY_LOOK, school), "with_names": with_names}
        context["rows"] = pupils(
            students, actor=request.actor, school=school, with_names=with_names, school_class=school_class
        )
    return context


def _beside(school_class: SchoolClass) -> list[SchoolClass]:
    return list(SchoolClass.objects.beside(school_class).studying(clock.today()).in_order())


@allow(Permission.ROSTER_IMPORT)
@once
def class_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """并班: the whole class into another one of its year."""
    source = _own_class(request, pk)
    form = TargetForm(request.POST or None, choices=class_choices(_beside(source)))
    context = _of_class(request, source, _("Merge the class into another"), with_pupils=False)

    def propose(given: forms.Form, _ticked: set[UUID]) -> RosterChange:
        return roster_changes.merge(source, by=request.actor, number=given.cleaned_data["number"])

    return _asked(request, form, propose, context)


@allow(Permission.ROSTER_IMPORT)
@once
def class_split(request: HttpRequest, pk: int) -> HttpResponse:
    """分班: ticked pupils into another class of the year, or into a new one."""
    source = _own_class(request, pk)
    form = TargetForm(request.POST or None, choices=class_choices(_beside(source), founding=source))
    context = _of_class(request, source, _("Move pupils to another class"), with_pupils=True)

    def propose(given: forms.Form, ticked: set[UUID]) -> RosterChange:
        return roster_changes.split(source, by=request.actor, students=ticked, number=given.cleaned_data["number"])

    return _asked(request, form, propose, context)


@allow(Permission.ROSTER_IMPORT)
@once
def class_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """转出: ticked pupils leave the school."""
    source = _own_class(request, pk)
    form = LeaveForm(request.POST or None, school=source.school)
    context = _of_class(request, source, _("Transfer pupils out"), with_pupils=True)

    def propose(given: forms.Form, ticked: set[UUID]) -> RosterChange:
        to_school = given.cleaned_data["to_school"]
        return roster_changes.leave(source, by=request.actor, students=ticked, to_school=to_school)

    return _asked(request, form, propose, context)


@allow(Permission.ROSTER_IMPORT)
@once
def class_onward(request: HttpRequest, pk: int) -> HttpResponse:
    """A class that ends its stage goes on in the same school."""
    source = _own_class(request, pk)
    form = OnwardForm(request.POST or None, initial={"number": source.number})
    context = _of_class(request, source, _("Into the next stage"), with_pupils=False)

    def propose(given: forms.Form, _ticked: set[UUID]) -> RosterChange:
        return roster_changes.onward(source, by=request.actor, number=given.cleaned_data["number"])

    return _asked(request, form, propose, context)


@allow(Permission.ROSTER_IMPORT)
def class_year(request: HttpRequest) -> HttpResponse:
    """升级: what becomes of every class on 1 September."""
    school = get_object_or_404(School.objects.visible_to(request.actor), pk=request.actor.organisation_id)
    turn, lines = next_year(school, clock.today())
    context = {"school": school, "turn": turn, "lines": lines, "is_early": clock.today() < turn - roster_changes.AHEAD}
    return render(request, "partnerships/class_year.html", context)


@allow(Permission.ROSTER_IMPORT)
@once
def roster_change_join(request: HttpRequest, pk: int) -> HttpResponse:
    """转入: pupils whom another school has let go, into a class of their grade; or one's own back again."""
    school = get_object_or_404(School.objects.visible_to(request.actor), pk=request.actor.organisation_id)
    leaving = seen(RosterChange.objects.with_classes().select_related("source__school"), request.actor, pk=pk)
    if leaving.kind != RosterChange.Kind.LEAVE or school.pk not in leaving.open_to():
        return redirect("partnerships:class-list")
    day = clock.today()
    there = SchoolClass.objects.filter(
        school=school, stage=leaving.source.stage, entry_year=leaving.source.entry_year
    ).open_on(day)
    founding = SchoolClass(stage=leaving.source.stage, entry_year=leaving.source.entry_year, number=0)
    form = TargetForm(request.POST or None, choices=class_choices(list(there.in_order()), founding=founding))
    context = {"school": school, "leaving": leaving, "title": _("Take pupils in"), "label": school.name}

    def propose(given: forms.Form, _ticked: set[UUID]) -> RosterChange:
        return roster_changes.join(leaving, by=request.actor, school=school, number=given.cleaned_data["number"])

    return _asked(request, form, propose, context)
