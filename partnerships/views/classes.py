"""Pages of the classes of a school. Names are masked until somebody looks on purpose."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnerships import schools
from partnerships.forms.school import ClassForm
from partnerships.models import ActivityGroup, RosterChange, School, SchoolClass, Student
from partnerships.school_page import classes_by_grade, pupils
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


def own_school(request: HttpRequest) -> School:
    return get_object_or_404(School.objects.visible_to(request.actor), pk=request.actor.organisation_id)


def wants_names(request: HttpRequest, school: School) -> bool:
    """`?names=1` by a hat that may look at names of this school."""
    return request.GET.get("names") == "1" and may(request.actor, Permission.IDENTITY_LOOK, school)


@allow(Permission.CLASS_EDIT)
def class_list(request: HttpRequest) -> HttpResponse:
    """Classes and groups of one's own school."""
    school, today = own_school(request), clock.today()
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
        {
            "school": school,
            "grades": classes_by_grade(school, today),
            "groups": groups,
            "form": form,
            "offered": RosterChange.objects.with_classes().offered_to(school.pk),
            "proposed": RosterChange.objects.with_classes().filter(school=school).recent(clock.now()),
        },
    )


@allow(Permission.CLASS_SEE)
def class_page(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = seen(SchoolClass.objects.select_related("school__organisation"), request.actor, pk=pk)
    today, school = clock.today(), school_class.school
    students = list(Student.objects.visible_to(request.actor).enrolled_in(school_class, today))
    with_names = wants_names(request, school)
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
            "may_move": may(request.actor, Permission.ROSTER_IMPORT, school) and school_class.grade(today) is not None,
        },
    )
