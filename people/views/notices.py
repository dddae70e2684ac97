"""The inbox 通知: newest first; opening one, or a press of a button, marks as read. And what one wants by mail."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import links, notice_settings, notices, outbox, quiet
from people.access import may
from people.gate import seen, signed_in
from people.models import Notice, User
from people.notice_forms import AT_ONCE, DAILY, NoticeSettingsForm, said
from portal.lib.pages import keyset


@dataclass(frozen=True)
class Line:
    """One notice in the reader's language. A kind that no longer exists is left out of sight, not an error."""

    notice: Notice
    address: str

    @property
    def title(self) -> str:
        return notices.title(self.notice)

    @property
    def body(self) -> str:
        return notices.body(self.notice)

    @property
    def is_duty(self) -> bool:
        return notices.KINDS[self.notice.kind].duty

    @property
    def chat(self) -> str:
        return notices.chat(self.notice, self.address)


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    own = Notice.objects.visible_to(request.actor).filter(kind__in=notices.KINDS)
    page = keyset(own, request.GET, order=("-created_at", "-pk"))
    lines = [Line(notice, request.build_absolute_uri(links.path_of(notice))) for notice in page]
    return render(request, "people/notice_list.html", {"page": page, "lines": lines})


@signed_in
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go where the notice points."""
    notice = seen(Notice.objects, request.actor, pk=pk)
    notices.mark_read(Notice.objects.filter(pk=notice.pk))
    return _to(notice)


@signed_in
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """A short link from a mail or a chat: to the page, whose own gate decides what this hat sees there.

    For everybody but the person who was told, a page that their hat can't open at all does not exist.
    """
    notice = links.notice_of(code)
    if notice is None or not (notice.user_id == request.user.pk or _opens(notice.path, request)):
        raise Http404
    return _to(notice)


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notices.mark_read(Notice.objects.visible_to(request.actor))
    return redirect("people:notice-list")


@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """Which kinds come by mail, and how often."""
    user = User.objects.get(pk=request.user.pk)
    muted = notice_settings.muted(user)
    kinds = notice_settings.kinds_for(user)
    mutable = [kind for kind in kinds if not kind.duty]
    wanted = [kind.code for kind in mutable if kind.code not in muted]
    saved = {"rhythm": DAILY if user.wants_digest else AT_ONCE, "wanted": wanted}
    form = NoticeSettingsForm(request.POST or None, initial=saved, kinds=mutable)
    if request.method == "POST" and form.is_valid():
        notice_settings.choose(user, by=request.actor, **form.choices)
        messages.success(request, _("Your choice is saved."))
        return redirect("people:notice-settings")
    return render(
        request,
        "people/notice_settings.html",
        {
            "form": form,
            "duties": list(dict.fromkeys(said(kind) for kind in kinds if kind.duty)),
            "has_mail": settings.MAIL_ON,
            "is_mailed": outbox.is_mailed(user),
            "hours": quiet.of(user),
        },
    )


def _to(notice: Notice) -> HttpResponse:
    inside = notice.path.startswith("/") and url_has_allowed_host_and_scheme(notice.path, None)
    return redirect(notice.path if inside else "people:notice-list")


def _opens(path: str, request: HttpRequest) -> bool:
    """Whether the gate of the page at a path lets this hat in at all."""
    try:
        gate = getattr(resolve(path.partition("?")[0]).func, "gate", "")
    except Resolver404:
        return False
    return gate in ("public", "signed_in") or may(request.actor, gate)
