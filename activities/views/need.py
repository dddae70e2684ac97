"""A session that needs a counselor: the host looks for one, counselors find it and apply."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import assignments, hosts, matching
from activities.forms.counselor import NeedForm
from activities.models import Assignment, Counselor, Session
from people.gate import allow, seen, typed_pk
from people.roles import Permission
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset


def _rows() -> Any:
    return Session.objects.select_related("programme", "provider", "place", "hall", "school__organisation")


@allow(Permission.ASSIGNMENT_HOST)
def session_counselors(request: HttpRequest, pk: int) -> HttpResponse:
    """The host's page: is one needed, who is asked, who would fit."""
    session = seen(_rows(), request.actor, pk=pk)
    host = hosts.require_host(session, request.actor)
    dates = _dates(session, request)
    return render(
        request,
        "activities/session_counselors.html",
        {
            "session": session,
            "form": NeedForm(initial={"wanted": session.needs_counselor, "field": session.counselor_field}),
            "assignments": Assignment.objects.visible_to(request.actor).filter(session=session).with_names(),
            "suggestions": matching.suggestions(session, host, request.actor) if _is_open(session) else [],
            "is_open": _is_open(session),
            "dates": len(dates),
        },
    )


def _is_open(session: Session) -> bool:
    return session.state == Session.State.OPEN and not session.has_begun


def _dates(session: Session, request: HttpRequest) -> list[Session]:
    """This date and the later ones of its series that are open and the host's."""
    if session.series_id is None:
        return [session]
    rows = _rows().hosted_by(request.actor.organisation_id).open().filter(series=session.series_id)
    return list(rows.upcoming().filter(starts_at__gte=session.starts_at).order_by("starts_at"))


@allow(Permission.ASSIGNMENT_HOST)
@require_POST
def session_need(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    hosts.require_host(session, request.actor)
    form = NeedForm(request.POST)
    with refusals_told(request):
        if form.is_valid():
            assignments.need(session, by=request.actor, **form.cleaned_data)
            messages.success(request, _("Saved."))
    return redirect("activities:session-counselors", pk)


@allow(Permission.ASSIGNMENT_HOST)
@require_POST
def session_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite one counselor, for this date or for all that are left of its series."""
    session = seen(_rows(), request.actor, pk=pk)
    hosts.require_host(session, request.actor)
    counselor = seen(Counselor.objects, request.actor, pk=typed_pk(request, "counselor"))
    dates = _dates(session, request) if request.POST.get("dates") == "all" else [session]
    with refusals_told(request):
        asked = assignments.invite_all(dates, counselor=counselor, by=request.actor)
        words = ngettext("%(name)s is invited.", "%(name)s is invited for %(n)s dates.", asked)
        messages.success(request, words % {"name": counselor.name, "n": asked})
    return redirect("activities:session-counselors", pk)


@allow(Permission.ASSIGNMENT_SERVE)
def need_list(request: HttpRequest) -> HttpResponse:
    """Sessions that still need somebody, in the districts that list the reader."""
    counselor = Counselor.objects.visible_to(request.actor).first()
    asked = Assignment.objects.visible_to(request.actor).exclude(state__in=Assignment.MOVES["apply"].sources)
    rows = _rows().within_reach_of(request.actor.organisation_id).lacking_counselor()
    page = keyset(rows.exclude(pk__in=asked.values("session")), request.GET, order=("starts_at", "pk"))
    lines = [(session, matching.reasons_for(counselor, session) if counselor else []) for session in page]
    return render(
        request, "activities/need_list.html", {"page": page, "lines": lines, "has_profile": counselor is not None}
    )


@allow(Permission.ASSIGNMENT_SERVE)
@require_POST
def need_apply(request: HttpRequest, pk: int) -> HttpResponse:
    session = seen(_rows(), request.actor, pk=pk)
    try:
        assignment = assignments.apply(session, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("activities:need-list")
    messages.success(request, _("Sent. The host answers; you find it under your sessions."))
    return redirect("activities:assignment-page", assignment.pk)
