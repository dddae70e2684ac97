"""Pages of the activity groups of a school: founded, joined and left by date. Names are masked until somebody looks."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnerships import schools
from partnerships.forms.fields import DAY
from partnerships.forms.school import FirstDayForm, GroupForm, LastDayForm
from partnerships.models import ActivityGroup, GroupMember, IdentityLook, SchoolClass, Student
from partnerships.school_page import classes_by_grade, pupils
from partnerships.views.classes import own_school, wants_names
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


@allow(Permission.CLASS_EDIT)
def group_new(request: HttpRequest) -> HttpResponse:
    school = own_school(request)
    form = GroupForm(request.POST or None, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            group = schools.add_group(
                school,
                by=request.actor,
                name=given["name"],
                starts_on=given["starts_on"],
                ends_on=given["last_day"] + DAY,
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:group-page", group.pk)
    context = {"form": form, "school": school, "title": _("New activity group")}
    return render(request, "partnerships/school_form.html", context)


@allow(Permission.CLASS_SEE)
def group_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A group's pupils; the school's own hats may let pupils of one class join at a time."""
    group = seen(ActivityGroup.objects.select_related("school__organisation"), request.actor, pk=pk)
    today, school = clock.today(), group.school
    by_student = {member.student_id: member for member in _members(request, group)}
    with_names = wants_names(request, school)
    rows = pupils(
        [member.student for member in by_student.values()],
        actor=request.actor,
        school=school,
        with_names=with_names,
        purpose=IdentityLook.Purpose.GROUP,
    )
    return render(
        request,
        "partnerships/group_page.html",
        {
            "school": school,
            "group": group,
            "rows": [(row, by_student[row.id]) for row in rows],
            "with_names": with_names,
            "grades": classes_by_grade(school, today),
            "today": today,
            "leaving": LastDayForm(initial={"last_day": today}),
            "may_keep": may(request.actor, Permission.CLASS_EDIT, group),
            "may_look": may(request.actor, Permission.IDENTITY_LOOK, school),
        },
    )


@allow(Permission.CLASS_EDIT)
def group_join(request: HttpRequest, pk: int, class_pk: int) -> HttpResponse:
    """Tick pupils of one class into the group."""
    group = seen(ActivityGroup.objects.select_related("school__organisation"), request.actor, pk=pk)
    require(request.actor, Permission.CLASS_EDIT, group)
    school_class = seen(SchoolClass.objects.filter(school=group.school), request.actor, pk=class_pk)
    today = clock.today()
    students = list(Student.objects.visible_to(request.actor).enrolled_in(school_class, today))
    form = FirstDayForm(request.POST or None, initial={"starts_on": max(today, group.starts_on)})
    if request.method == "POST" and form.is_valid():
        ticked = set(request.POST.getlist("pupil"))
        joining = [student for student in students if str(student.pk) in ticked]
        try:
            new = schools.add_members(group, by=request.actor, students=joining, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("%(n)s pupils have joined.") % {"n": new})
            return redirect("partnerships:group-page", group.pk)
    there = {member.student_id for member in _members(request, group)}
    with_names = wants_names(request, group.school)
    rows = pupils(students, actor=request.actor, school=group.school, with_names=with_names, school_class=school_class)
    return render(
        request,
        "partnerships/group_join.html",
        {
            "group": group,
            "form": form,
            "label": school_class.label(today),
            "rows": [(row, row.id in there) for row in rows],
            "with_names": with_names,
        },
    )


@allow(Permission.CLASS_EDIT)
@require_POST
def group_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The ticked pupils leave after a day; the dates to come follow."""
    group = seen(ActivityGroup.objects.select_related("school__organisation"), request.actor, pk=pk)
    require(request.actor, Permission.CLASS_EDIT, group)
    ticked = set(request.POST.getlist("member"))
    leaving = [member for member in _members(request, group) if str(member.pk) in ticked]
    form = LastDayForm(request.POST)
    if not leaving or not form.is_valid():
        messages.error(request, _("Tick at least one pupil, and say the last day."))
        return redirect("partnerships:group-page", pk)
    with refusals_told(request):
        schools.end_memberships(leaving, by=request.actor, ends_on=form.cleaned_data["last_day"] + DAY)
        messages.success(request, _("%(n)s pupils leave the group.") % {"n": len(leaving)})
    return redirect("partnerships:group-page", pk)


def _members(request: HttpRequest, group: ActivityGroup) -> list[GroupMember]:
    """Who is in the group today or joins it later, each once: with the membership that stands or comes first."""
    rows = GroupMember.objects.visible_to(request.actor).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=clock.today()), group=group
    )
    first = {}
    for member in rows.select_related("student", "group__school__organisation").order_by("starts_on", "pk"):
        first.setdefault(member.student_id, member)
    return list(first.values())
