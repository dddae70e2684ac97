"""科普实践记录单: one pupil's school year, masked until somebody looks on purpose."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from credits import labels, sheets
from credits.models import Certificate
from partnerships import identities
from partnerships.models import IdentityLook, Student
from partnerships.models.school_class import school_year_of
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock


@allow(Permission.CREDIT_SEE)
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A POST shows the name in clear, once, and leaves a row that says who looked."""
    actor = request.actor
    student = seen(Student.objects.select_related("school__organisation__district"), actor, pk=pk)
    school, today = student.school, clock.today()
    name = labels.of([student], by=actor, school=school)[student.pk]
    is_looked = request.method == "POST"
    if is_looked:
        looked = identities.look([student.pk], by=actor, school=school, purpose=IdentityLook.Purpose.CREDITS)
        name = looked[student.pk].name if student.pk in looked else name
    now = school_year_of(today)
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdecimal() and len(wanted) < 5 and now - 20 < int(wanted) <= now else now
    context = {
        "sheet": sheets.sheet(
            student, year, on=today if year == now else today.replace(year=year + 1, month=8, day=31)
        ),
        "school": school,
        "name": name,
        "is_looked": is_looked,
        "may_look": not is_looked and may(actor, Permission.IDENTITY_LOOK, school),
        "school_class": sheets.class_of(student),
        "certificates": list(Certificate.objects.visible_to(actor).filter(account=student.pk)),
        "may_print": may(actor, Permission.CERTIFICATE_ISSUE, school),
        "today": today,
    }
    return render(request, "credits/pupil_sheet.html", context)
