"""Who earned and why not: one completed roll call, pupil by pupil."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from activities import roll_names, rollcall
from activities.models import Booking
from credits import earning, facts, judging, labels
from partnerships.models import Student
from people.gate import allow, seen
from people.roles import Permission


@allow(Permission.CREDIT_SEE_BOOKING)
def earned(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request.actor
    bookings = Booking.objects.select_related(
        "session__programme", "session__provider", "session__place", "school__organisation"
    )
    booking = seen(bookings, actor, pk=pk)
    judged = judging.judged([booking])
    students = Student.objects.in_bulk([one.fact.student_id for one in judged])
    shown = roll_names.are_shown(booking, actor)
    names = labels.of(students.values(), by=actor, school=booking.school) if shown else {}
    rows = sorted(
        ((names.get(one.fact.student_id) or students[one.fact.student_id].pseudonym, one) for one in judged),
        key=lambda row: (row[0], row[1].fact.roll_entry_id),
    )
    occasion = judged[0].occasion if judged else facts.occasions([booking])[booking.pk]
    heads = rollcall.unnamed(booking)
    context = {
        "heads": heads,
        "booking": booking,
        "rows": rows,
        "earned": [one for one in judged if one.is_posted],
        "pending": [one for one in judged if one.is_due],
        "without": [one for one in judged if not one.is_posted and not one.verdict.earns],
        "occasion": occasion,
        "of_all": earning.of_all(occasion),
        "opens_sheets": not actor.is_teacher,
    }
    return render(request, "credits/booking_credits.html", context)
