"""The audit trail 操作记录: who did what to which row, and when. Read only, by the audit reader."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from people import audit
from people.filters import TrailFilter
from people.gate import allow
from people.models import AuditEvent
from people.roles import Permission
from portal.lib.pages import keyset


@allow(Permission.AUDIT_READ)
def list_events(request: HttpRequest) -> HttpResponse:
    found = TrailFilter(request.GET, queryset=AuditEvent.objects.visible_to(request.actor))
    page = keyset(found.qs, request.GET, order=("-at", "-pk"))
    lines = [
        (event, audit.act(event.verb), *(audit.state(event.subject_type, code) for code in (event.was, event.is_now)))
        for event in page
    ]
    return render(request, "people/trail_list.html", {"filter": found, "page": page, "lines": lines})
