"""The steps of an agreement: one view a move, each a POST (or a form) that calls its verb and returns to the page."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnerships import (
    agreement_joining,
    agreement_life,
    agreement_page,
    agreement_parties,
    agreement_terms,
    agreement_versions,
    agreements,
)
from partnerships.agreement_versions import Terms
from partnerships.forms.agreement import RenewForm, SignForm
from partnerships.forms.agreement_text import JoiningForm, PartyForm, TextForm, promise_rows
from partnerships.forms.fields import DAY, Reason
from partnerships.models import Agreement, AgreementVersion
from people import thresholds
from people.access import require
from people.gate import allow, fresh_factor, seen
from people.once import once
from people.roles import Permission
from people.workflow import CHANGED
from portal.lib.errors import Refused


def _found(request: HttpRequest, pk: int, permission: Permission) -> Agreement:
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    require(request.actor, permission, agreement)
    return agreement


def _back(request: HttpRequest, agreement: Agreement, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("partnerships:agreement-page", agreement.pk)


def _same_version(request: HttpRequest, agreement: Agreement) -> None:
    """The page must have shown the present version: nobody agrees to or signs a text that they have not seen."""
    if request.POST.get("version") != str(agreement.current_version.number):
        raise Refused("changed", CHANGED)


@allow(Permission.AGREEMENT_DRAFT)
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    agreements.propose(agreement, by=request.actor)
    return _back(request, agreement, _("Sent. The other parties have been told."))


@allow(Permission.AGREEMENT_DRAFT)
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    _same_version(request, agreement)
    agreements.agree(agreement, by=request.actor)
    return _back(request, agreement, _("Your side has agreed to this version."))


@allow(Permission.AGREEMENT_DRAFT)
def counter(request: HttpRequest, pk: int) -> HttpResponse:
    """Change text, terms and annexes: a draft in place, anything later as another version."""
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    version = agreement.current_version
    version.agreement = agreement
    terms = agreement_versions.terms_of(version)
    form = TextForm(request.POST or None, request.FILES or None, before=version, initial=_initial(version, terms))
    rows = promise_rows(request.POST or None, agreement, terms)
    is_draft = agreement.state == Agreement.State.DRAFT
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        act, more = agreements.counter, {"note": form.cleaned_data["note"]}
        if is_draft:
            act, more = agreements.revise, {}
        try:
            _same_version(request, agreement)
            act(
                agreement,
                by=request.actor,
                text=form.cleaned_data["text"],
                enclosed=form.enclosed(),
                promises=rows.promises(),
                **form.terms(),
                **more,
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return _back(request, agreement, _("Your text is saved.") if is_draft else _("Your version has been sent."))
    context = {"form": form, "rows": rows, "agreement": agreement, "version": version, "is_draft": is_draft}
    return render(request, "partnerships/agreement_counter.html", context)


def _initial(version: AgreementVersion, terms: Terms) -> dict[str, object]:
    return {
        "version": version.number,
        "title": terms.title,
        "areas": list(terms.areas),
        "starts_on": terms.starts_on,
        "last_day": terms.ends_on - DAY,
        "witness": terms.witness,
        "text": version.text,
    }


@allow(Permission.AGREEMENT_DRAFT)
def introduce(request: HttpRequest, pk: int) -> HttpResponse:
    """The party's own representative, contact person and phone."""
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    party = agreements.party_of(agreement, request.actor)
    is_open = agreement.state in agreement_parties.OPEN
    form = PartyForm(request.POST or None, instance=party)
    if not is_open:
        form.fields["representative"].disabled = True
    if request.method == "POST" and form.is_valid():
        agreement_parties.introduce(
            agreements.party_of(agreement, request.actor), by=request.actor, **form.cleaned_data
        )
        return _back(request, agreement, _("Saved."))
    context = {"form": form, "agreement": agreement, "is_open": is_open}
    return render(request, "partnerships/agreement_introduce.html", context)


@allow(Permission.AGREEMENT_DRAFT)
@require_POST
@once
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """补充协议: begin a supplement."""
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    amendment = agreement_life.amend(agreement, by=request.actor)
    return _back(
        request, amendment, _("A supplement is begun with the text in force. Nobody else sees it until you send it.")
    )


@allow(Permission.AGREEMENT_DRAFT)
def name_schools(request: HttpRequest, pk: int) -> HttpResponse:
    """Schools that the supplement takes in; its draft alone can still name them."""
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    if not agreement.is_amendment or agreement.state != Agreement.State.DRAFT:
        raise Refused("changed", CHANGED)
    named = agreement_joining.joining(agreement).values_list("organisation", flat=True)
    candidates = agreement_joining.candidates(agreement)
    form = JoiningForm(request.POST or None, candidates=candidates, initial={"schools": list(named)})
    if request.method == "POST" and form.is_valid():
        try:
            agreement_joining.name(agreement, by=request.actor, schools=form.cleaned_data["schools"])
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return _back(request, agreement, _("Saved."))
    return render(request, "partnerships/agreement_schools.html", {"form": form, "agreement": agreement})


@allow(Permission.AGREEMENT_SIGN)
@fresh_factor
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the frozen text; the gate has just asked for a new code, which is the re-authentication."""
    agreement = _found(request, pk, Permission.AGREEMENT_SIGN)
    ways = thresholds.of(agreement.district_id)["agreement_signing_counts"]
    version = agreement.current_version
    form = SignForm(request.POST or None, request.FILES or None, ways=ways, initial={"version": version.number})
    if request.method == "POST" and form.is_valid():
        scan = form.cleaned_data.get("scan")
        try:
            _same_version(request, agreement)
            agreements.sign(
                agreement,
                by=request.actor,
                how=form.cleaned_data["how"],
                reauthenticated=True,
                scan=scan.read() if scan else None,
                file_name=scan.name if scan else "",
                signer=form.cleaned_data.get("signer", ""),
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return _back(request, agreement, _("Signed for %(name)s.") % {"name": request.actor.organisation.name})
    parties = agreement.parties.select_related("organisation")
    version.agreement = agreement
    return render(
        request,
        "partnerships/agreement_sign.html",
        {
            "form": form,
            "agreement": agreement,
            "version": version,
            "clauses": agreement_page.clauses(version, None),
            "lines": agreement_terms.said(version),
            "parties": parties,
        },
    )


@allow(Permission.AGREEMENT_SIGN)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _found(request, pk, Permission.AGREEMENT_SIGN)
    agreements.submit(agreement, by=request.actor)
    return _back(request, agreement, _("Sent to the education bureau for filing."))


@allow(Permission.AGREEMENT_FILE)
@require_POST
def file(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _found(request, pk, Permission.AGREEMENT_FILE)
    agreements.file(agreement, by=request.actor)
    return _back(request, agreement, _("Filed under %(number)s.") % {"number": agreement.number})


def _with_reason(
    request: HttpRequest, pk: int, permission: Permission, act: Callable[..., Agreement], words: dict[str, str]
) -> HttpResponse:
    """A step that says why: a page with one field, its consequence above it."""
    agreement = _found(request, pk, permission)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(agreement, by=request.actor, reason=form.cleaned_data["reason"])
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return _back(request, agreement, words["done"])
    return render(request, "partnerships/agreement_reason.html", {"form": form, "agreement": agreement, **words})


@allow(Permission.AGREEMENT_FILE)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    words = {
        "title": _("Return for correction"),
        "consequence": _("The parties read your reason, correct what is missing and send the agreement again."),
        "done": _("Returned. The parties have been told why."),
    }
    return _with_reason(request, pk, Permission.AGREEMENT_FILE, agreements.send_back, words)


@allow(Permission.AGREEMENT_LEAVE)
def step_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Before the filing: this school does not sign, the others go on."""
    agreement = _found(request, pk, Permission.AGREEMENT_LEAVE)
    if agreement.state not in agreement_life.UNDER_WAY:  # what is filed is left where its bookings are known
        raise Refused("changed", CHANGED)
    words = {
        "title": _("Leave it to the others"),
        "consequence": _(
            "Your school does not sign. It goes on for the others, and your school can't come back to it."
        ),
        "done": _("Your school has left the agreement."),
    }
    return _with_reason(request, pk, Permission.AGREEMENT_LEAVE, agreement_life.leave, words)


@allow(Permission.AGREEMENT_DRAFT)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    words = {
        "title": _("Withdraw the agreement"),
        "consequence": _("Nothing of it comes into force. Its text and trail stay readable."),
        "done": _("Withdrawn."),
    }
    return _with_reason(request, pk, Permission.AGREEMENT_DRAFT, agreements.withdraw, words)


@allow(Permission.AGREEMENT_DRAFT)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the successor, from the day after this one ends."""
    agreement = _found(request, pk, Permission.AGREEMENT_DRAFT)
    start: dict[str, object] = {"starts_on": agreement.ends_on}
    form: forms.Form = RenewForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            successor = agreement_life.renew(
                agreement, by=request.actor, starts_on=given["starts_on"], ends_on=given["last_day"] + DAY
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return _back(request, successor, _("The successor is drafted with the same parties and text."))
    return render(request, "partnerships/agreement_renew.html", {"form": form, "agreement": agreement})
