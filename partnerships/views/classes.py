"""Pages of classes and activity groups of a school. Names are masked until somebody looks on purpose."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnerships import schools
from partnerships.forms.fields import DAY
from partnerships.forms.school import ClassForm, GroupForm
from partnerships.models import ActivityGroup, GroupMember, IdentityLook, School, SchoolClass, Student
from partnerships.school_page import classes_by_grade, pupils
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


def _own_school(request: HttpRequest) -> School:
    return get_object_or_404(School.objects.visible_to(request.actor), pk=request.actor.organisation_id)


def _wants_names(request: HttpRequest, school: School) -> bool:
    """`?names=1` by a hat that may look at names of this school."""
    return request.GET.get("names") == "1" and may(request.actor, Permission.IDENTITY_LOOK, school)


@allow(Permission.CLASS_EDIT)
def class_list(request: HttpRequest) -> HttpResponse:
    """Classes and groups of one's own school."""
    school, today = _own_school(request), clock.today()
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            schools.add_class(school, by=request.actor, **form.facts())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("partnerships:class-list")
    groups = ActivityGroup.objects.filter(school=school, ends_on__gt=today).annotate(
        heads=Count("members", filter=Q(members__ends_on__isnull=True) | Q(members__ends_on__gt=today))
    )
    return render(
        request,
        "partnerships/class_list.html",
        {"school": school, "grades": classes_by_grade(school, today), "groups": groups, "form": form},
    )


@allow(Permission.CLASS_SEE)
def class_page(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = seen(SchoolClass.objects.select_related("school__organisation"), request.actor, pk=pk)
    today, school = clock.today(), school_class.school
    students = list(Student.objects.visible_to(request.actor).enrolled_in(school_class, today))
    with_names = _wants_names(request, school)
    return render(
        request,
        "partnerships/class_page.html",
        {
            "school": school,
            "label": school_class.label(today),
            "school_class": school_class,
            "rows": pupils(
                students, actor=request.actor, school=school, with_names=with_names, school_class=school_class
            ),
            "with_names": with_names,
            "may_look": may(request.actor, Permission.IDENTITY_LOOK, school),
        },
    )


@allow(Permission.CLASS_EDIT)
def group_new(request: HttpRequest) -> HttpResponse:
    school = _own_school(request)
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
    members = GroupMember.objects.visible_to(request.actor).on(today).filter(group=group).select_related("student")
    by_student = {member.student_id: member for member in members}
    with_names = _wants_names(request, school)
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
    if request.method == "POST":
        ticked = set(request.POST.getlist("pupil"))
        joining = [student for student in students if str(student.pk) in ticked]
        new = schools.add_members(group, by=request.actor, students=joining)
        messages.success(request, _("%(n)s pupils have joined.") % {"n": new})
        return redirect("partnerships:group-page", group.pk)
    there = set(GroupMember.objects.on(today).filter(group=group).values_list("student_id", flat=True))
    with_names = _wants_names(request, group.school)
    rows = pupils(students, actor=request.actor, school=group.school, with_names=with_names, school_class=school_class)
    return render(
        request,
        "partnerships/group_join.html",
        {
            "group": group,
            "label": school_class.label(today),
            "rows": [(row, row.id in there) for row in rows],
            "with_names": with_names,
        },
    )


@allow(Permission.CLASS_EDIT)
@require_POST
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    member = seen(GroupMember.objects.select_related("group__school__organisation"), request.actor, pk=pk)
    group = member.group
    schools.end_membership(member, by=request.actor)
    return redirect("partnerships:group-page", group.pk)
