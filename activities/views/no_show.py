"""未到馆: the list with the holds beside it, one record, and every answer to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from activities import no_shows
from activities.models import Hold, NoShow
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.pages import keyset

MOST_HOLDS = 100


@allow(Permission.BOOKING_SEE)
def no_show_list(request: HttpRequest) -> HttpResponse:
    rows = NoShow.objects.visible_to(request.actor).with_names()
    holds = Hold.objects.visible_to(request.actor).in_force(clock.today())
    holds = list(holds.select_related("school__organisation", "venue__organisation")[:MOST_HOLDS])
    return render(
        request,
        "activities/no_show_list.html",
        {
            "page": keyset(rows, request.GET, order=("-day", "-pk")),
            "holds": [{"hold": hold, "may_lift": may(request.actor, Permission.HOLD_LIFT, hold)} for hold in holds],
        },
    )


@allow(Permission.BOOKING_SEE)
def no_show_page(request: HttpRequest, pk: int) -> HttpResponse:
    record = seen(NoShow.objects.with_names(), request.actor, pk=pk)
    moves = set(abilities(record, request.actor))
    if not record.may_still_be_disputed:
        moves.discard("dispute")
    return render(request, "activities/no_show_page.html", {"record": record, "moves": moves})


def _answer(name: str, permission: Permission, field: str, done: Any) -> Any:
    """A view of one answer; a refusal stands on the page of the record."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        record = seen(NoShow.objects.with_names(), request.actor, pk=pk)
        said = {field: request.POST.get("reason", "")[:200]}
        with refusals_told(request):
            getattr(no_shows, name)(record, by=request.actor, **said)
            messages.success(request, str(done))
        return redirect("activities:no_show-page", pk)

    view.__name__ = f"no_show_{name}"
    return allow(permission)(view)


no_show_dispute = _answer(
    "dispute",
    Permission.NO_SHOW_DISPUTE,
    "reason",
    gettext_lazy("Sent. The venue may take its record back; otherwise the bureau decides."),
)
no_show_take_back = _answer(
    "take_back", Permission.BOOKING_RECEIVE, "answer", gettext_lazy("Taken back. The school can call its roll now.")
)
no_show_uphold = _answer(
    "uphold", Permission.NO_SHOW_DECIDE, "answer", gettext_lazy("Decided: the group was there. Both sides are told.")
)
no_show_dismiss = _answer(
    "dismiss", Permission.NO_SHOW_DECIDE, "answer", gettext_lazy("Decided: the record stands. Both sides are told.")
)
no_show_waive = _answer(
    "waive", Permission.NO_SHOW_DECIDE, "answer", gettext_lazy("Waived: it counts for nothing. Both sides are told.")
)


@allow(Permission.HOLD_LIFT)
@require_POST
def hold_lift(request: HttpRequest, pk: int) -> HttpResponse:
    hold = seen(Hold.objects, request.actor, pk=pk)
    reason = request.POST.get("reason", "")[:200]
    done = gettext_lazy("Lifted. The school may book again.")
    with refusals_told(request):
        no_shows.lift(hold, by=request.actor, reason=reason)
        messages.success(request, done)
    return redirect("activities:no_show-list")
