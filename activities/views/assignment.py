"""双向选择 on the page: what waits, what is agreed, and every answer that either side gives."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from activities import assignments, checks, counselors
from activities.models import Assignment, Booking, Request
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib.answering import refusals_told
from portal.lib.pages import keyset

State = Assignment.State
VIEWS = (
    ("waiting", pgettext_lazy("assignment", "Waiting")),
    ("coming", pgettext_lazy("assignment", "Agreed")),
    ("past", pgettext_lazy("assignment", "Given")),
    ("ended", pgettext_lazy("assignment", "Did not happen")),
)


@allow(Permission.ASSIGNMENT_SEE)
def assignment_list(request: HttpRequest) -> HttpResponse:
    """Sessions with counselors: for a counselor their own, for a host its own, for an office the district's."""
    tab = request.GET.get("view") if request.GET.get("view") in dict(VIEWS) else "coming"
    rows = Assignment.objects.visible_to(request.actor).with_names()
    found = {
        "waiting": rows.filter(state__in=(State.INVITED, State.APPLIED)).upcoming(),
        "coming": rows.live().filter(pk__in=Assignment.objects.upcoming().values("pk")),
        "past": rows.live().past(),
        "ended": rows.exclude(state__in=(State.INVITED, State.APPLIED, State.CONFIRMED)),
    }[tab]
    order = ("starts_at", "pk") if tab in ("waiting", "coming") else ("-starts_at", "-pk")
    return render(
        request,
        "activities/assignment_list.html",
        {
            "page": keyset(found, request.GET, order=order),
            "tab": tab,
            "tabs": VIEWS,
            "is_counselor": request.actor.role == "counselor",
        },
    )


@allow(Permission.ASSIGNMENT_SEE)
def assignment_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One counselor and one session: where it stands, and the reader's answers."""
    actor = request.actor
    assignment = seen(Assignment.objects.with_names(), actor, pk=pk)
    is_counselor, is_host = (
        actor.organisation_id == assignment.counselor_id,
        actor.organisation_id == assignment.host_id,
    )
    agreed = assignment.state == State.CONFIRMED
    return render(
        request,
        "activities/assignment_page.html",
        {
            "assignment": assignment,
            "session": assignment.session,
            "moves": [] if assignment.has_begun else abilities(assignment, actor),
            "asked": Request.objects.visible_to(actor).behind(assignment.session).first(),
            "is_counselor": is_counselor,
            "is_host": is_host,
            "phone": counselors.phone_for(assignment.counselor, actor) if agreed and is_host else "",
            "contact": assignment.contact.user.full_name if agreed and is_counselor and assignment.contact else "",
            "is_checked": checks.is_valid(assignment.counselor, assignment.district_id, assignment.day)
            if is_host and not actor.is_teacher
            else None,
            "groups": Booking.objects.filter(session=assignment.session_id).alive().with_names()
            if agreed and is_counselor
            else [],
        },
    )


def _move(act: Callable[..., Any], permission: Permission, done: str | Promise) -> Any:
    """A page that takes one move and returns to the assignment."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        assignment = seen(Assignment.objects.with_names(), request.actor, pk=pk)
        reason = (
            {"reason": request.POST.get("reason", "")[:200]}
            if act not in (assignments.accept, assignments.take_on)
            else {}
        )
        with refusals_told(request):
            act(assignment, by=request.actor, **reason)
            messages.success(request, str(done))
        return redirect("activities:assignment-page", pk)

    return allow(permission)(require_POST(view))


SERVE, HOST = Permission.ASSIGNMENT_SERVE, Permission.ASSIGNMENT_HOST
assignment_accept = _move(assignments.accept, SERVE, gettext_lazy("Agreed: the time is kept for it."))
assignment_decline = _move(assignments.decline, SERVE, gettext_lazy("Declined. The host has been told."))
assignment_withdraw = _move(assignments.withdraw, SERVE, gettext_lazy("The application is withdrawn."))
assignment_give_up = _move(assignments.give_up, SERVE, gettext_lazy("You are free again. The host has been told."))
assignment_take_on = _move(assignments.take_on, HOST, gettext_lazy("Agreed: the counselor comes."))
assignment_turn_down = _move(assignments.turn_down, HOST, gettext_lazy("Declined. The counselor has been told."))
assignment_recall = _move(assignments.recall, HOST, gettext_lazy("The invitation is withdrawn."))
assignment_release = _move(assignments.release, HOST, gettext_lazy("Released. The counselor has been told."))
