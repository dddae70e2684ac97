"""The school's outings, one outing with everything that belongs to it, its plan, its approval and its return."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from activities import checklist, outing_steps, outings, slips
from activities.forms.outing import PlanForm, ReturnForm
from activities.models import Booking, Outing
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset

VIEWS = (
    ("coming", gettext_lazy("Coming")),
    ("open", gettext_lazy("Not approved yet")),
    ("past", gettext_lazy("Past")),
    ("uncleared", gettext_lazy("Went without approval")),
)
State = Outing.State


@allow(Permission.OUTING_SEE)
@require_safe
def outing_list(request: HttpRequest) -> HttpResponse:
    """Coming first; the tabs hold what waits for a word, what is past, and what went without one."""
    tab = request.GET.get("view") if request.GET.get("view") in dict(VIEWS) else "coming"
    rows = _of_tab(Outing.objects.visible_to(request.actor).going().with_names(), tab)
    order = ("starts_at", "pk") if tab in ("coming", "open") else ("-starts_at", "-pk")
    return render(
        request,
        "activities/outing_list.html",
        {
            "page": keyset(rows, request.GET, order=order),
            "tab": tab,
            "tabs": VIEWS,
            "is_school": request.actor.is_school,
            "may_book": may(request.actor, Permission.BOOKING_REQUEST),
        },
    )


def _of_tab(rows: Any, tab: str) -> Any:
    now = clock.now()
    if tab == "open":
        return rows.uncleared().filter(ends_at__gt=now)
    if tab == "past":
        return rows.filter(ends_at__lte=now)
    if tab == "uncleared":
        late = Q(bureau=Outing.Bureau.APPROVES, filed_at__gt=F("starts_at"))
        late |= ~Q(bureau=Outing.Bureau.APPROVES) & Q(approved_at__gt=F("starts_at"))
        return rows.filter(Q(pk__in=Outing.objects.uncleared().values("pk")) | late, starts_at__lte=now)
    return rows.filter(ends_at__gt=now)


@allow(Permission.OUTING_SEE)
@require_safe
def outing_page(request: HttpRequest, pk: int) -> HttpResponse:
    outing = seen(Outing.objects.with_names(), request.actor, pk=pk)
    moves = abilities(outing, request.actor)
    trips = sorted(outing.trips, key=lambda trip: (trip.session.starts_at, trip.pk))
    lines = checklist.of(outing)
    is_own = request.actor.is_school
    books = may(request.actor, Permission.BOOKING_REQUEST, outing)
    return render(
        request,
        "activities/outing_page.html",
        {
            "outing": outing,
            "trips": trips,
            "live": [trip for trip in trips if trip.is_alive],
            "steps": outing_steps.of(outing, request.actor),
            "lines": lines,
            "missing": [line for line in lines if not line.is_ready],
            "moves": moves,
            "is_own": is_own,
            "slips": slips.of(outing, trips) if is_own else [],
            "may_plan": is_own and may(request.actor, Permission.OUTING_PLAN, outing) and "submit" in moves,
            "may_take_over": is_own and "submit" in moves and not outing.transport and outings.last_of(outing),
            "may_report": may(request.actor, Permission.OUTING_REPORT, outing) and _has_begun(outing),
            "may_print": is_own,
            "may_change": books and outing.day > clock.today(),
            "awaits_count": Booking.objects.awaiting_count().filter(outing=outing).first() if books else None,
            "is_uncleared": not outing.is_cleared and outing.day <= clock.today(),
        },
    )


def _has_begun(outing: Outing) -> bool:
    return bool(outing.parts) and outing.day <= clock.today()


@allow(Permission.OUTING_PLAN)
def outing_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Transport, meeting and ready papers; `submit` hands them in with the same press."""
    outing = seen(Outing.objects.with_names(), request.actor, pk=pk)
    require(request.actor, Permission.OUTING_PLAN, outing)
    if outing.state not in (State.PREPARING, State.RETURNED):
        messages.info(request, _("The papers are handed in: have them returned before you change them."))
        return redirect("activities:outing-page", pk)
    ready = list(outing.papers.values_list("code", flat=True))
    initial = {"papers": ready} | outings.proposed(outing)
    ticks_all = "all" in request.POST  # nothing is written: the page comes back with every box ticked
    form = PlanForm(request.POST or None, instance=outing, initial=initial)
    if request.method == "POST" and not ticks_all and form.is_valid():
        outing = Outing.objects.with_names().get(pk=pk)  # the form has written its entries into the one it was given
        try:
            outings.plan(outing, by=request.actor, **form.planned())
            if "submit" in request.POST:
                outings.submit(outing, by=request.actor)
        except Refused as no:
            messages.error(request, str(no))
            return redirect("activities:outing-plan", pk)
        words = _("Handed in: the lead of your school is told.") if "submit" in request.POST else _("Saved.")
        messages.success(request, words)
        return redirect("activities:outing-page", pk)
    chosen = set(form["papers"].value() or [])
    options = [option | {"checked": ticks_all or option["code"] in chosen} for option in checklist.options(outing)]
    return render(request, "activities/outing_plan.html", {"outing": outing, "form": form, "options": options})


@allow(Permission.OUTING_REPORT)
def outing_report(request: HttpRequest, pk: int) -> HttpResponse:
    """返校报告: two numbers, and what happened where something did. No missing paper stands in its way."""
    outing = seen(Outing.objects.with_names(), request.actor, pk=pk)
    require(request.actor, Permission.OUTING_REPORT, outing)
    there = outings.there(outing)
    known = {"out_heads": outing.out_heads, "back_heads": outing.back_heads, "incident": outing.incident}
    if outing.reported_at is None:
        known |= {"out_heads": there, "back_heads": there}
    form = ReturnForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            outings.report(outing, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Reported: %(out_heads)s went, %(back_heads)s came back.") % form.cleaned_data)
            return redirect("activities:outing-page", pk)
    return render(request, "activities/outing_report.html", {"outing": outing, "form": form, "there": there})


def _move(name: str, permission: Permission, act: Callable[[Outing, HttpRequest], Any], done: Any) -> Any:
    """A view that takes one move and says that it has happened; a refusal stands on the outing's page."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        outing = seen(Outing.objects.with_names(), request.actor, pk=pk)
        require(request.actor, permission, outing)
        with refusals_told(request):
            act(outing, request)
            messages.success(request, done)
        return redirect("activities:outing-page", pk)

    view.__name__ = f"outing_{name}"
    return allow(permission)(view)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]


outing_same = _move(
    "same",
    Permission.OUTING_PLAN,
    lambda outing, request: outings.same_as_last(outing, by=request.actor),
    gettext_lazy("Taken over from last time. Look at day and times once more."),
)
outing_submit = _move(
    "submit",
    Permission.OUTING_PLAN,
    lambda outing, request: outings.submit(outing, by=request.actor),
    gettext_lazy("Handed in: the lead of your school is told."),
)
outing_approve = _move(
    "approve",
    Permission.OUTING_APPROVE,
    lambda outing, request: outings.approve(outing, by=request.actor),
    gettext_lazy("Approved."),
)
outing_return = _move(
    "return",
    Permission.OUTING_APPROVE,
    lambda outing, request: outings.return_(outing, by=request.actor, reason=_reason(request)),
    gettext_lazy("Returned: whoever prepared it reads your reason."),
)
outing_file = _move(
    "file",
    Permission.OUTING_FILE,
    lambda outing, request: outings.file(outing, by=request.actor),
    gettext_lazy("Filed."),
)
outing_send_back = _move(
    "send_back",
    Permission.OUTING_FILE,
    lambda outing, request: outings.send_back(outing, by=request.actor, reason=_reason(request)),
    gettext_lazy("Sent back: the school reads your reason."),
)
