"""聘任: a school's counselors of the year, and a counselor's schools."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from activities import appointments
from activities.models import Appointment, Counselor
from partnerships.models import School
from partnerships.models.school_class import school_year_of
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.pages import keyset


def _rows() -> Any:
    return Appointment.objects.select_related("school__organisation", "counselor__organisation", "district")


@allow(Permission.APPOINTMENT_SEE)
def appointment_list(request: HttpRequest) -> HttpResponse:
    page = keyset(_rows().visible_to(request.actor), request.GET, order=("-school_year", "-pk"))
    return render(
        request,
        "activities/appointment_list.html",
        {
            "page": page,
            "lines": [(row, abilities(row, request.actor)) for row in page],
            "is_counselor": request.actor.role == "counselor",
            "is_school": request.actor.is_school,
        },
    )


@allow(Permission.APPOINTMENT_OFFER)
@require_POST
def appointment_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """The school asks a counselor for the running school year, or the next one."""
    counselor = seen(Counselor.objects, request.actor, pk=pk)
    school = seen(School.objects, request.actor, pk=request.actor.organisation_id)
    year = school_year_of(clock.today()) + (request.POST.get("year") == "next")
    with refusals_told(request):
        appointments.offer(school, counselor=counselor, school_year=year, by=request.actor)
        messages.success(request, _("Offered. It counts once %(name)s accepts.") % {"name": counselor.name})
    return redirect("activities:counselor-page", pk)


def _move(act: Callable[..., Any], permission: Permission, done: str | Promise) -> Any:
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        appointment = seen(_rows(), request.actor, pk=pk)
        reason = {} if act is appointments.accept else {"reason": request.POST.get("reason", "")[:200]}
        with refusals_told(request):
            act(appointment, by=request.actor, **reason)
            messages.success(request, str(done))
        return redirect("activities:appointment-list")

    return allow(permission)(require_POST(view))


ANSWER, OFFER = Permission.APPOINTMENT_ANSWER, Permission.APPOINTMENT_OFFER
appointment_accept = _move(appointments.accept, ANSWER, gettext_lazy("You are appointed."))
appointment_decline = _move(appointments.decline, ANSWER, gettext_lazy("Declined. The school has been told."))
appointment_withdraw = _move(appointments.withdraw, OFFER, gettext_lazy("The offer is withdrawn."))
appointment_end = _move(
    appointments.end, Permission.APPOINTMENT_END, gettext_lazy("Ended. The other side has been told.")
)
