"""临时加入: pupils of the own school who came without being booked.

The coordinator ticks them in the list of a class. A teacher, who reads names of their own groups only, writes the
names of the pupils standing in front of them.
"""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from activities import roll_days, roll_names, rollcall
from activities.models import Booking
from activities.views.roll import BOOKINGS
from partnerships import identities
from partnerships.identities import Name
from partnerships.models import Enrolment, IdentityLook, SchoolClass
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused

STANDS_ELSEWHERE = _("Who stands on another roll at the same time was not added: your school looks at it.")


@allow(Permission.ROLL_CALL)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a class, tick or write who came. Names of one class at a time, each look logged."""
    booking = seen(BOOKINGS, request.actor, pk=pk)
    if not roll_days.is_open_to(booking, request.actor):
        raise PermissionDenied("outside the roll's window")
    classes = _classes(booking)
    asked = request.POST.get("class") or request.GET.get("class")
    chosen = next((one for one in classes if str(one.pk) == asked), None)
    error = ""
    if request.method == "POST":
        try:
            n = rollcall.add(booking, enrolments=_who(request, booking, chosen), by=request.actor)
        except Refused as refused:
            error = str(refused)
        else:
            said = ngettext("%(n)s pupil was added to the roll.", "%(n)s pupils were added to the roll.", n)
            messages.success(request, said % {"n": n})
            if booking.reviews.open().exists():
                messages.warning(
                    request, _("Who stands on another roll at the same time was not added: your school looks at it.")
                )
            return redirect("activities:roll-call", pk)
    context = {
        "booking": booking,
        "group": booking.who,
        "classes": classes,
        "chosen": chosen,
        "writes_names": request.actor.is_teacher,
        "pupils": _listed(request, booking, chosen) if chosen and not request.actor.is_teacher else [],
        "names": request.POST.get("names", "")[:500],
        "error": error,
    }
    return render(request, "activities/roll_add.html", context, status=409 if error else 200)


def _classes(booking: Booking) -> list[SchoolClass]:
    day = booking.session.day
    classes = list(SchoolClass.objects.filter(school=booking.school_id).studying(day).in_order())
    for school_class in classes:
        school_class.words = school_class.label(day)  # type: ignore[attr-defined]
    return classes


def _who(request: HttpRequest, booking: Booking, chosen: SchoolClass | None) -> Sequence[Enrolment]:
    if not request.actor.is_teacher:
        ticked = [pk for pk in request.POST.getlist("pupil") if pk.isdecimal() and len(pk) < 19]
        rows = Enrolment.objects.on(booking.session.day).filter(pk__in=ticked, school_class__school=booking.school_id)
        return list(rows.select_related("school_class"))
    if chosen is None:
        raise Refused("roll.class", roll_names.NO_CLASS)
    free = _free(booking, chosen)
    names = _names(request, booking, free, chosen)
    return roll_names.match(
        request.POST.get("names", ""), {row: names[row.student_id].name for row in free if row.student_id in names}
    )


def _free(booking: Booking, school_class: SchoolClass) -> list[Enrolment]:
    """Those of the class who are not on the roll yet."""
    there = set(booking.roll.values_list("student_id", flat=True))
    rows = Enrolment.objects.on(booking.session.day).filter(school_class=school_class)
    return [row for row in rows.select_related("student", "school_class") if row.student_id not in there]


def _names(request: HttpRequest, booking: Booking, rows: list[Enrolment], school_class: SchoolClass) -> dict:
    return identities.look(
        [row.student_id for row in rows],
        by=request.actor,
        school=booking.school,
        purpose=IdentityLook.Purpose.ROLL_CALL,
        school_class=school_class,
    )


def _listed(request: HttpRequest, booking: Booking, school_class: SchoolClass) -> list[dict]:
    free = _free(booking, school_class)
    names = _names(request, booking, free, school_class)
    found = [
        {
            "pk": row.pk,
            "name": names.get(row.student_id, Name(row.student.pseudonym, "")).name,
            "number": row.seat or "",
        }
        for row in free
    ]
    return sorted(found, key=lambda pupil: (pupil["number"] == "", pupil["number"] or 0, pupil["name"]))
