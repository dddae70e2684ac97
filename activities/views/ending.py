"""Before an agreement is suspended, terminated or left: what it touches, a choice for each, then exactly that."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from activities import ending_page, endings
from activities.forms.ending import EndingForm
from activities.options import Act
from activities.touched import Preview, look
from partnerships import agreement_life
from partnerships.models import Agreement
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.AGREEMENT_END)
def agreement_suspend(request: HttpRequest, pk: int) -> HttpResponse:
    return _ending(request, pk, Act.SUSPEND)


@allow(Permission.AGREEMENT_END)
def agreement_terminate(request: HttpRequest, pk: int) -> HttpResponse:
    return _ending(request, pk, Act.TERMINATE)


@allow(Permission.AGREEMENT_LEAVE)
def agreement_leave(request: HttpRequest, pk: int) -> HttpResponse:
    return _ending(request, pk, Act.LEAVE)


def _ending(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """A GET proposes; a POST does what its page has shown, or shows what other choices come to."""
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    require(request.actor, endings.PERMISSION[Act(act)], agreement)
    if act != Act.LEAVE:  # before anything of the other schools is shown
        agreement_life.check_end(agreement, request.actor)
    sent = request.POST if request.method == "POST" else None
    form = EndingForm(sent, has_day=act != Act.SUSPEND)
    is_look = sent is not None and sent.get("step") == "look"
    keys = ending_page.sent(request.POST)
    preview, refused = _preview(request, agreement, act, form)
    plan = preview.wished(keys)
    is_pressed = sent is not None and not is_look and not refused
    is_new = is_pressed and request.POST.get("shown") != ending_page.digest(preview.change, keys)
    if is_pressed and not is_new and form.is_valid():
        try:
            _carry_out(request, preview, form, keys)
        except Refused as no:
            refused = str(no)
            preview, _same = _preview(request, agreement, act, form)
            plan = preview.wished(keys)
        else:
            messages.success(request, str(ending_page.TITLES[Act(act)][2]))
            return redirect("partnerships:agreement-page", pk)
    title, consequence, _done = ending_page.TITLES[Act(act)]
    context: dict[str, Any] = {
        "agreement": agreement,
        "form": form,
        "has_day": act != Act.SUSPEND,
        "title": title,
        "consequence": consequence,
        "may_choose": True,
        "sums": ending_page.sums(preview, plan, request.actor),
        "refused": refused,
        "is_new": is_new,
        "is_look": is_look,
    }
    return render(request, "activities/agreement_end.html", context)


def _preview(request: HttpRequest, agreement: Agreement, act: str, form: EndingForm) -> tuple[Preview, str]:
    """With the last day that was asked for, where there is one; else with today, and why."""
    asked = form.cleaned_data.get("last_day") if form.is_bound and (form.is_valid() or form.cleaned_data) else None
    refused = ""
    try:
        change = endings.change_of(agreement, act, by=request.actor, last_day=asked)
    except Refused as no:
        refused = str(no)
        change = endings.change_of(agreement, act, by=request.actor)
    return look(agreement, change, by=request.actor), refused


def _carry_out(request: HttpRequest, preview: Preview, form: EndingForm, keys: dict[str, str]) -> None:
    endings.carry_out(
        preview.agreement,
        preview.change,
        by=request.actor,
        reason=form.cleaned_data["reason"],
        keys=keys,
        meanwhile=form.cleaned_data["meanwhile"],
    )
