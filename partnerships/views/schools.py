"""Pages of schools: the list, one school, and what is entered about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnerships import schools, tiles
from partnerships.filters import SchoolFilter
from partnerships.forms.school import CampusForm, PilotForm, SchoolForm, SlotForm
from partnerships.models import ActivityGroup, Agreement, Campus, School, SchoolClass, Slot
from partnerships.school_page import classes_by_grade, status_word
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission, Role
from portal.lib import clock, pages
from portal.lib.errors import Refused

KNOWS_STATUS = {Role.BUREAU_OFFICER, Role.INSPECTOR}


@allow(Permission.SCHOOL_SEE)
def school_list(request: HttpRequest) -> HttpResponse:
    """The district's schools; a school's own hat goes straight to its page."""
    actor = request.actor
    if actor.is_school:
        return redirect("partnerships:school-page", actor.organisation_id)
    today = clock.today()
    rows = School.objects.visible_to(actor)
    found = SchoolFilter(request.GET, rows)
    page = pages.keyset(found.qs, request.GET, order=("organisation__name_zh", "pk"))
    keys = [school.pk for school in page]
    studying = SchoolClass.objects.studying(today).filter(school__in=keys)
    classes = dict(studying.values_list("school").annotate(n=Count("pk")).order_by())
    paired = set(School.objects.filter(pk__in=keys).paired(today).values_list("pk", flat=True))
    pilots = set(School.objects.filter(pk__in=keys).in_pilot(today).values_list("pk", flat=True))
    for school in page:
        school.classes_now = classes.get(school.pk, 0)
        school.is_paired, school.in_pilot = school.pk in paired, school.pk in pilots
    context = {"filter": found, "page": page, "knows_status": actor.role in KNOWS_STATUS}
    return render(request, "partnerships/school_list.html", context)


@allow(Permission.SCHOOL_SEE)
def school_page(request: HttpRequest, pk: int) -> HttpResponse:
    school = seen(School.objects, request.actor, pk=pk)
    today = clock.today()
    agreements = Agreement.objects.visible_to(request.actor).in_force(today).with_school(school.pk, today)
    return render(
        request,
        "partnerships/school_page.html",
        {
            "school": school,
            "status": status_word(school, request.actor),
            "knows_status": request.actor.role in KNOWS_STATUS or request.actor.is_school,
            "grades": classes_by_grade(school, today),
            "groups": ActivityGroup.objects.filter(school=school)
            .on(today)
            .annotate(heads=Count("members", filter=Q(members__ends_on__isnull=True) | Q(members__ends_on__gt=today))),
            "pilots": school.pilots.all(),
            "campuses": school.campuses.all(),
            "slots": school.slots.all(),
            "agreements": agreements,
            "tiles": tiles.of(school, request.actor, today),
            "may_edit": may(request.actor, Permission.SCHOOL_EDIT, school),
            "may_keep": may(request.actor, Permission.CLASS_EDIT, school),
            "may_pilot": may(request.actor, Permission.CALENDAR_EDIT, school),
        },
    )


def _edited(
    request: HttpRequest, school: School, form: forms.Form, verb: Any, title: str, facts: dict[str, Any] | None = None
) -> HttpResponse:
    """What the forms of a school share: call the verb, answer its refusal in the form, return to the page."""
    if request.method == "POST" and form.is_valid():
        given = form.facts() if hasattr(form, "facts") else form.cleaned_data
        try:
            verb(school, by=request.actor, **(facts or given))
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("partnerships:school-page", school.pk)
    return render(request, "partnerships/school_form.html", {"form": form, "school": school, "title": title})


@allow(Permission.SCHOOL_EDIT)
def school_edit(request: HttpRequest, pk: int) -> HttpResponse:
    school = seen(School.objects, request.actor, pk=pk)
    require(request.actor, Permission.SCHOOL_EDIT, school)
    form = SchoolForm(request.POST or None, instance=school, for_school=request.actor.is_school)
    return _edited(request, school, form, schools.change, _("Edit the school's facts"))


@allow(Permission.SCHOOL_EDIT)
def campus_add(request: HttpRequest, pk: int) -> HttpResponse:
    school = seen(School.objects, request.actor, pk=pk)
    require(request.actor, Permission.SCHOOL_EDIT, school)
    return _edited(request, school, CampusForm(request.POST or None), schools.add_campus, _("Add a campus"))


@allow(Permission.SCHOOL_EDIT)
def campus_edit(request: HttpRequest, pk: int) -> HttpResponse:
    campus = seen(Campus.objects.select_related("school__organisation"), request.actor, pk=pk)
    require(request.actor, Permission.SCHOOL_EDIT, campus)
    form = CampusForm(request.POST or None, instance=campus)

    def change(_school: School, **given: Any) -> Campus:
        return schools.change_campus(campus, **given)

    return _edited(request, campus.school, form, change, _("Edit a campus"))


@allow(Permission.CLASS_EDIT)
def slot_add(request: HttpRequest, pk: int) -> HttpResponse:
    school = seen(School.objects, request.actor, pk=pk)
    require(request.actor, Permission.CLASS_EDIT, school)
    return _edited(request, school, SlotForm(request.POST or None), schools.add_slot, _("Add an after-school slot"))


@allow(Permission.CLASS_EDIT)
@require_POST
def slot_drop(request: HttpRequest, pk: int) -> HttpResponse:
    slot = seen(Slot.objects.select_related("school__organisation"), request.actor, pk=pk)
    schools.drop_slot(slot, by=request.actor)
    messages.success(request, _("The slot is gone; activities that are booked stay."))
    return redirect("partnerships:school-page", slot.school_id)


@allow(Permission.CALENDAR_EDIT)
def pilot_start(request: HttpRequest, pk: int) -> HttpResponse:
    school = seen(School.objects, request.actor, pk=pk)
    require(request.actor, Permission.CALENDAR_EDIT, school)
    return _edited(request, school, PilotForm(request.POST or None), schools.start_pilot, _("Begin a credit pilot"))
