"""临时加入: pupils of the own school who came without being booked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from activities import roll_days, rollcall
from activities.models import Booking
from activities.views.roll import BOOKINGS
from partnerships import identities
from partnerships.models import Enrolment, IdentityLook, SchoolClass
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.ROLL_CALL)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a class, tick who came. Names of one class at a time, each look logged."""
    booking = seen(BOOKINGS, request.actor, pk=pk)
    if not roll_days.is_open_to(booking, request.actor):
        raise PermissionDenied("outside the roll's window")
    error = ""
    if request.method == "POST":
        ticked = [pk for pk in request.POST.getlist("pupil") if pk.isdecimal() and len(pk) < 19]
        chosen = Enrolment.objects.filter(pk__in=ticked, school_class__school=booking.school_id)
        try:
            n = rollcall.add(booking, enrolments=list(chosen.select_related("school_class")), by=request.actor)
        except Refused as refused:
            error = str(refused)
        else:
            said = ngettext("%(n)s pupil was added to the roll.", "%(n)s pupils were added to the roll.", n)
            messages.success(request, said % {"n": n})
            return redirect("activities:roll-call", pk)
    return render(request, "activities/roll_add.html", _context(request, booking, error), status=409 if error else 200)


def _context(request: HttpRequest, booking: Booking, error: str) -> dict:
    day = booking.session.day
    classes = list(SchoolClass.objects.filter(school=booking.school_id).studying(day).in_order())
    for school_class in classes:
        school_class.words = school_class.label(day)
    chosen = next((one for one in classes if str(one.pk) == request.GET.get("class")), None)
    return {
        "booking": booking,
        "group": booking.who,
        "classes": classes,
        "chosen": chosen,
        "pupils": _pupils(request, booking, chosen) if chosen else [],
        "error": error,
    }


def _pupils(request: HttpRequest, booking: Booking, school_class: SchoolClass) -> list[dict]:
    """Those of the class who are not on the roll yet, with their names."""
    there = set(booking.roll.values_list("student_id", flat=True))
    rows = Enrolment.objects.on(booking.session.day).filter(school_class=school_class).select_related("student")
    free = [row for row in rows if row.student_id not in there]
    names = identities.look(
        [row.student_id for row in free],
        by=request.actor,
        school=booking.school,
        purpose=IdentityLook.Purpose.ROLL_CALL,
        school_class=school_class,
    )
    found = [
        {
            "pk": row.pk,
            "name": names[row.student_id].name if row.student_id in names else row.student.pseudonym,
            "number": names[row.student_id].number[-2:] if row.student_id in names else "",
        }
        for row in free
    ]
    return sorted(found, key=lambda pupil: (pupil["number"], pupil["name"]))
