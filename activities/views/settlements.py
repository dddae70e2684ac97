"""Pages of 补助核发: the list with its sums, one settlement from gathering to locked, its pay sheet."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import settlement
from activities.forms.hours import CorrectionForm, TermForm
from activities.models import Settlement, SettlementLine
from partnerships.forms.fields import Reason
from partnerships.models import Term
from people.access import may, require
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock, pages
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allow(Permission.SETTLEMENT_SEE)
def settlement_list(request: HttpRequest) -> HttpResponse:
    """Every batch with its sum. The bureau opens the next one; partner office and inspector read sums only."""
    rows = Settlement.objects.visible_to(request.actor).select_related("term").with_sums()
    page = pages.keyset(rows, request.GET, order=("-opened_at", "-pk"))
    may_prepare = may(request.actor, Permission.SETTLEMENT_PREPARE)
    begun = Term.objects.visible_to(request.actor).filter(starts_on__lte=clock.today()).order_by("-starts_on")
    context = {"page": page, "may_prepare": may_prepare, "form": TermForm(terms=begun) if may_prepare else None}
    return render(request, "activities/settlement_list.html", context)


@allow(Permission.SETTLEMENT_PREPARE)
@require_POST
def settlement_open(request: HttpRequest) -> HttpResponse:
    form = TermForm(request.POST, terms=Term.objects.visible_to(request.actor))
    if not form.is_valid():
        messages.error(request, _("Choose a term."))
        return redirect("activities:settlement-list")
    try:
        batch = settlement.open_batch(form.cleaned_data["term"], by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("activities:settlement-list")
    messages.success(request, _("Opened and gathered."))
    return redirect("activities:settlement-page", batch.pk)


@allow(Permission.SETTLEMENT_SEE)
def settlement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of a batch and what could not be taken up; sums only for whoever may not see amounts by person."""
    rows = Settlement.objects.select_related("term", "proposed_by", "confirmed_by").with_sums()
    batch = seen(rows, request.actor, pk=pk)
    may_prepare = may(request.actor, Permission.SETTLEMENT_PREPARE, batch)
    moves = abilities(batch, request.actor)
    if batch.proposed_by == request.actor.user and "approve" in moves:
        moves.remove("approve")
    lines = SettlementLine.objects.visible_to(request.actor).filter(settlement=batch).with_names()
    is_gathering = batch.state == Settlement.State.GATHERING
    context = {
        "batch": batch,
        "lines": list(lines.order_by("record__counselor__organisation__name_zh", "record__starts_at", "pk")),
        "may_prepare": may_prepare,
        "is_gathering": is_gathering,
        "left": settlement.survey(batch.district_id, batch.term) if may_prepare and is_gathering else None,
        "moves": moves,
        "is_own": batch.proposed_by == request.actor.user and batch.state == Settlement.State.CHECKING,
        "steps": _steps(batch),
    }
    return render(request, "activities/settlement_page.html", context)


def _steps(batch: Settlement) -> list[dict[str, Any]]:
    """Gathered → checked → approved → exported → locked."""
    reached = list(Settlement.State).index(Settlement.State(batch.state))
    notes = ["", batch.proposed_by, batch.confirmed_by, "", ""]
    return [
        {
            "label": state.label,
            "note": str(note.full_name or note.username) if note else "",
            "state": "done"
            if place < reached or batch.state == "locked"
            else "current"
            if place == reached
            else "open",
        }
        for place, (state, note) in enumerate(zip(Settlement.State, notes, strict=True))
    ]


def _found(request: HttpRequest, pk: int, permission: Permission) -> Settlement:
    batch = seen(Settlement.objects.select_related("term", "district"), request.actor, pk=pk)
    require(request.actor, permission, batch)
    return batch


def _acted(request: HttpRequest, batch: Settlement, act: Callable[[], object], words: str) -> HttpResponse:
    with refusals_told(request):
        act()
        messages.success(request, words)
    return redirect("activities:settlement-page", batch.pk)


@allow(Permission.SETTLEMENT_PREPARE)
@require_POST
def settlement_gather(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _found(request, pk, Permission.SETTLEMENT_PREPARE)
    with refusals_told(request):
        new = settlement.gather(batch, by=request.actor)
        messages.success(request, ngettext("%(n)s new line.", "%(n)s new lines.", new) % {"n": new})
    return redirect("activities:settlement-page", batch.pk)


@allow(Permission.SETTLEMENT_PREPARE)
@fresh_factor
@require_POST
def settlement_submit(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _found(request, pk, Permission.SETTLEMENT_PREPARE)
    act = lambda: settlement.submit(batch, by=request.actor)  # noqa: E731
    return _acted(request, batch, act, _("Handed in. A second person has been asked to approve."))


@allow(Permission.SETTLEMENT_PREPARE)
def settlement_return(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _found(request, pk, Permission.SETTLEMENT_PREPARE)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: settlement.send_back(batch, by=request.actor, **form.cleaned_data)  # noqa: E731
        return _acted(request, batch, act, _("Returned with your reason."))
    context = {
        "form": form,
        "batch": batch,
        "title": _("Return the settlement"),
        "action": _("Return it"),
        "line": None,
    }
    return render(request, "activities/settlement_form.html", context)


@allow(Permission.SETTLEMENT_APPROVE)
@fresh_factor
@require_POST
def settlement_approve(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _found(request, pk, Permission.SETTLEMENT_APPROVE)
    act = lambda: settlement.approve(batch, by=request.actor)  # noqa: E731
    return _acted(request, batch, act, _("Approved. The counselors have been told."))


@allow(Permission.SETTLEMENT_PREPARE)
@fresh_factor
@require_POST
def settlement_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The pay sheet as a file."""
    batch = _found(request, pk, Permission.SETTLEMENT_PREPARE)
    try:
        content = settlement.export(batch, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("activities:settlement-page", batch.pk)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{batch.title}.xlsx"'
    return response


@allow(Permission.SETTLEMENT_PREPARE)
@fresh_factor
@require_POST
def settlement_lock(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _found(request, pk, Permission.SETTLEMENT_PREPARE)
    act = lambda: settlement.lock(batch, by=request.actor)  # noqa: E731
    return _acted(request, batch, act, _("Locked. Corrections go into the next settlement."))


@allow(Permission.SETTLEMENT_PREPARE)
@require_POST
def line_leave(request: HttpRequest, pk: int) -> HttpResponse:
    line = seen(SettlementLine.objects.select_related("settlement", "record"), request.actor, pk=pk)
    require(request.actor, Permission.SETTLEMENT_PREPARE, line)
    act = lambda: settlement.leave_out(line, by=request.actor)  # noqa: E731
    return _acted(request, line.settlement, act, _("Left out. The hours wait for the next settlement."))


@allow(Permission.SETTLEMENT_PREPARE)
def line_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A counter-line to a locked line, in the batch that is being gathered."""
    line = seen(SettlementLine.objects.with_names(), request.actor, pk=pk)
    require(request.actor, Permission.SETTLEMENT_PREPARE, line)
    gathering = Settlement.objects.visible_to(request.actor).filter(state=Settlement.State.GATHERING).first()
    form = CorrectionForm(request.POST or None, initial={"minutes": line.minutes})
    if request.method == "POST" and form.is_valid():
        try:
            if gathering is None:
                raise Refused("settlement.none", _("Open the next settlement first: the correction stands there."))
            settlement.correct(gathering, line, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The correction stands in this settlement."))
            return redirect("activities:settlement-page", gathering.pk)
    context = {
        "form": form, "batch": line.settlement, "line": line, "title": _("Correct a locked line"),
        "action": _("Enter the correction"),
    }  # fmt: skip
    return render(request, "activities/settlement_form.html", context)
