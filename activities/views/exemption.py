"""特批: asking from the booking form, the requests of a hat's organisation, and their owner's decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from activities import exemptions
from activities.eligibility import Judge
from activities.forms.exemption import AskForm, GrantForm
from activities.forms.group import GroupForm
from activities.models import Exemption, ExemptionUse, Session
from activities.rule_codes import name_of
from partnerships.models import School
from partnerships.models.school_class import school_year_of
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset

State = Exemption.State
GROUP_FIELDS = ("by", "classes", "activity_group", "pupils", "adults")
TABS = (
    ("asked", gettext_lazy("Asked for")),
    ("granted", gettext_lazy("Granted")),
    ("past", gettext_lazy("Not granted or ended")),
)


@allow(Permission.EXCEPTION_ASK)
def exemption_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Which rules, and why. The booking form posts its group here; a POST with `reason` asks."""
    rows = Session.objects.select_related("programme", "provider", "place")
    session = seen(rows, request.actor, pk=pk)
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    given = request.POST.copy()
    given.setdefault("by", "classes")
    group_form = GroupForm(given, school=school, day=session.day)
    if request.method != "POST" or not group_form.is_valid():
        return redirect("activities:booking-request", pk)
    try:
        group = group_form.group()
    except Refused:
        return redirect("activities:booking-request", pk)
    verdict = Judge([session], group).of(session)
    form = AskForm(*([request.POST] if "reason" in request.POST else []), rules=_grantable(verdict))
    if form.is_bound and form.is_valid():
        try:
            made = exemptions.ask(session, group, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _asked(len(made)))
            return redirect("activities:exemption-list")
    context = {
        "session": session,
        "group": group,
        "form": form,
        "kept": _kept(request.POST),
        "standing": [rule for rule in verdict.blocking if not rule.granted_by],
        "has_any": bool(form.fields["codes"].choices),
    }
    return render(request, "activities/exemption_ask.html", context)


def _grantable(verdict: Any) -> list[Any]:
    return [rule for rule in verdict.blocking if rule.granted_by]


def _kept(given: QueryDict) -> list[tuple[str, str]]:
    """The group's part of what was posted, to be posted again."""
    return [
        (name, value)
        for name, values in given.lists()
        if name in GROUP_FIELDS or name.startswith("heads_")
        for value in values
        if value
    ]


def _asked(count: int) -> str:
    return ngettext(
        "Asked for. You are told what its owner decides.", "Asked for. You are told what their owners decide.", count
    )


@allow(Permission.BOOKING_SEE)
def exemption_list(request: HttpRequest) -> HttpResponse:
    """Requests and exceptions, those that wait first; how many were granted and used this school year."""
    tab = request.GET.get("view") if request.GET.get("view") in dict(TABS) else ""
    mine = Exemption.objects.visible_to(request.actor)
    year = clock.moment(clock.today().replace(year=school_year_of(clock.today()), month=9, day=1))
    of_year = mine.filter(decided_at__gte=year, state__in=(State.GRANTED, State.REVOKED))
    if not tab:
        tab = "asked" if mine.filter(state=State.ASKED).exists() else "granted"
    states = {"past": (State.REFUSED, State.WITHDRAWN, State.REVOKED)}.get(tab, (tab,))
    page = keyset(mine.filter(state__in=states).with_names(), request.GET, order=("-asked_at", "-pk"))
    return render(
        request,
        "activities/exemption_list.html",
        {
            "page": page,
            "lines": [(row, name_of(row.code), exemptions.decides(row, request.actor)) for row in page],
            "tab": tab,
            "tabs": TABS,
            "granted": of_year.count(),
            "used": ExemptionUse.objects.filter(exemption__in=of_year).alive().count(),
            "is_school": request.actor.is_school,
        },
    )


@allow(Permission.BOOKING_SEE)
def exemption_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Exemption:
    return seen(Exemption.objects.with_names(), request.actor, pk=pk)


def _page(request: HttpRequest, exemption: Exemption, form: GrantForm | None = None) -> HttpResponse:
    moves = abilities(exemption, request.actor)
    decides = exemptions.decides(exemption, request.actor)
    uses = exemption.uses.select_related("booking__session__programme", "booking__group").order_by("pk")
    return render(
        request,
        "activities/exemption_page.html",
        {
            "exemption": exemption,
            "session": exemption.session,
            "rule": name_of(exemption.code),
            "form": form or GrantForm.of(exemption),
            "may_grant": decides and "grant" in moves,
            "may_revoke": decides and "revoke" in moves,
            "may_withdraw": "withdraw" in moves,
            "may_book": exemption.is_open and request.actor.organisation_id == exemption.school_id,
            "uses": uses.prefetch_related("booking__classes__school_class"),
        },
    )


@allow(Permission.EXCEPTION_DECIDE)
@require_POST
def exemption_grant(request: HttpRequest, pk: int) -> HttpResponse:
    exemption = _found(request, pk)
    exemptions.check_owner(exemption, request.actor)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            exemptions.grant(exemption, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Granted. The school has been told."))
            return redirect("activities:exemption-page", pk)
    return _page(request, _found(request, pk), form)


def _move(act: Callable[..., Any], permission: Permission, done: str | Promise) -> Any:
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        exemption = _found(request, pk)
        words = {} if act is exemptions.withdraw else {"answer": request.POST.get("answer", "")[:200]}
        with refusals_told(request):
            act(exemption, by=request.actor, **words)
            messages.success(request, str(done))
        return redirect("activities:exemption-page", pk)

    return allow(permission)(require_POST(view))


DECIDE, ASK = Permission.EXCEPTION_DECIDE, Permission.EXCEPTION_ASK
exemption_refuse = _move(exemptions.refuse, DECIDE, gettext_lazy("Not granted. The school reads why."))
exemption_revoke = _move(exemptions.revoke, DECIDE, gettext_lazy("The exception has ended. Its bookings stay."))
exemption_withdraw = _move(exemptions.withdraw, ASK, gettext_lazy("The request is withdrawn."))
