"""The inbox 通知: newest first; opening one, or a press of a button, marks as read."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from people import notices
from people.gate import seen, signed_in
from people.models import Notice
from portal.lib.pages import keyset


@dataclass(frozen=True)
class Line:
    """One notice in the reader's language. A kind that no longer exists is left out of sight, not an error."""

    notice: Notice

    @property
    def title(self) -> str:
        return notices.title(self.notice)

    @property
    def body(self) -> str:
        return notices.body(self.notice)

    @property
    def is_duty(self) -> bool:
        return notices.KINDS[self.notice.kind].duty


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    own = Notice.objects.visible_to(request.actor).filter(kind__in=notices.KINDS)
    page = keyset(own, request.GET, order=("-created_at", "-pk"))
    lines = [Line(notice) for notice in page]
    return render(request, "people/notice_list.html", {"page": page, "lines": lines})


@signed_in
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go where the notice points."""
    notice = seen(Notice.objects, request.actor, pk=pk)
    notices.mark_read(Notice.objects.filter(pk=notice.pk))
    inside = url_has_allowed_host_and_scheme(notice.path, None)
    return redirect(notice.path if inside and notice.path.startswith("/") else "people:notice-list")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notices.mark_read(Notice.objects.visible_to(request.actor))
    return redirect("people:notice-list")
