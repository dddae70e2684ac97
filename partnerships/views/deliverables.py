"""Pages of what was delivered beside bookings: enter it, look at it, confirm it or not."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partnerships import deliverables
from partnerships.forms.deliverable import DeliverableForm
from partnerships.models import Agreement, Commitment, Deliverable
from people.access import require
from people.gate import allow, seen
from people.once import once
from people.roles import Permission
from people.workflow import abilities
from portal.lib import answering, keys
from portal.lib.answering import refusals_told


def _key(request: HttpRequest) -> UUID:
    """The form's own key; a new one where the form came without."""
    try:
        return UUID(request.POST.get("request_key", ""))
    except ValueError:
        return keys.fresh()


def _rows():
    return Deliverable.objects.with_names()


@allow(Permission.DELIVERABLE_ENTER)
@once
def deliverable_new(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    require(request.actor, Permission.DELIVERABLE_ENTER, agreement)
    open_ones = agreement.commitments.filter(kind__in=Commitment.BY_RECORD).select_related("term")
    form = DeliverableForm(request.POST or None, request.FILES or None, commitments=open_ones.order_by("-term", "pk"))

    def enter(given: dict) -> Deliverable:
        scan = given["scan"]
        return deliverables.enter(
            given["commitment"],
            by=request.actor,
            title=given["title"],
            happened_on=given["happened_on"],
            amount=given["amount"],
            evidence=given["evidence"],
            scan=scan.read() if scan else None,
            file_name=scan.name if scan else "",
            request_key=_key(request),
        )

    words = _("Entered. The other side has been asked to confirm it.")
    answer = answering.done(request, form, verb=enter, words=words, then="partnerships:deliverable-page")
    context = {"form": form, "agreement": agreement, "has_promise": open_ones.exists()}
    return answer or render(request, "partnerships/deliverable_new.html", context)


@allow(Permission.AGREEMENT_SEE)
def deliverable_page(request: HttpRequest, pk: int) -> HttpResponse:
    record = seen(_rows().select_related("scan").defer("scan__sealed"), request.actor, pk=pk)
    moves = set(abilities(record, request.actor))
    if not deliverables.may_answer(record, request.actor):
        moves -= {"confirm", "turn_down", "take_back"}
    if record.entered_by_id != request.actor.organisation_id:
        moves -= {"withdraw"}
    return render(request, "partnerships/deliverable_page.html", {"record": record, "moves": moves})


@allow(Permission.AGREEMENT_SEE)
def deliverable_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that was given as evidence."""
    record = seen(_rows().select_related("scan"), request.actor, pk=pk)
    if record.scan is None:
        raise Http404
    response = HttpResponse(record.scan.open(), content_type=record.scan.content_type)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _move(permission: Permission, act: Callable[[Deliverable, HttpRequest], Deliverable], done: str | Promise):
    """A POST that takes one move and returns to the record's page, where a refusal stands."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        record = seen(_rows(), request.actor, pk=pk)
        require(request.actor, permission, record)
        with refusals_told(request):
            act(record, request)
            messages.success(request, str(done))
        return redirect("partnerships:deliverable-page", pk)

    return allow(permission)(view)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]


deliverable_confirm = _move(
    Permission.DELIVERABLE_ANSWER,
    lambda record, request: deliverables.confirm(record, by=request.actor),
    gettext_lazy("Confirmed: it counts as delivered."),
)
deliverable_turn_down = _move(
    Permission.DELIVERABLE_ANSWER,
    lambda record, request: deliverables.turn_down(record, by=request.actor, reason=_reason(request)),
    gettext_lazy("Not confirmed. The other side reads your reason."),
)
deliverable_take_back = _move(
    Permission.DELIVERABLE_ANSWER,
    lambda record, request: deliverables.take_back(record, by=request.actor, reason=_reason(request)),
    gettext_lazy("It does not count any more. The other side reads your reason."),
)
deliverable_withdraw = _move(
    Permission.DELIVERABLE_ENTER,
    lambda record, request: deliverables.withdraw(record, by=request.actor),
    gettext_lazy("Withdrawn."),
)
