"""学分台账 of a term: whether it is whole, what stands open, and the seal that two officers set."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credits import seals, totals
from credits.models import Chain
from credits.verify import first_fault
from partnerships.models import Term
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.answering import refusals_told


@allow(Permission.LEDGER_SEE)
def index(request: HttpRequest) -> HttpResponse:
    """Every term that has begun, with the state of its ledger."""
    actor = request.actor
    _chosen, terms = totals.term_of(actor.organisation.district, None)
    chains = {chain.term_id: chain for chain in Chain.objects.filter(district=actor.district_id)}
    context = {"rows": [(term, chains.get(term.pk)) for term in terms]}
    return render(request, "credits/ledger_list.html", context)


@allow(Permission.LEDGER_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


@allow(Permission.LEDGER_SEE)
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """The page with the answer: the whole chain is walked, from the first posting on."""
    return _page(request, pk, verifies=True)


@allow(Permission.LEDGER_SEAL)
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, seals.propose, _("Proposed. A second officer of the bureau confirms."))


@allow(Permission.LEDGER_SEAL)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, seals.confirm, _("Sealed. Later findings go to the open term and name this one."))


@allow(Permission.LEDGER_SEAL)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, seals.withdraw, _("The proposal is taken back."))


def _done(request: HttpRequest, pk: int, verb: Callable, sentence: str) -> HttpResponse:
    term = seen(Term.objects, request.actor, pk=pk)
    with refusals_told(request):
        verb(term, by=request.actor)
        messages.success(request, sentence)
    return redirect("credits:ledger-page", pk=pk)


def _page(request: HttpRequest, pk: int, *, verifies: bool = False) -> HttpResponse:
    actor = request.actor
    term = seen(Term.objects, actor, pk=pk)
    chain = seals.chain_of(term)
    checks = seals.checks(term)
    context = {
        "term": term,
        "chain": chain,
        "head": bytes(chain.head).hex() if chain else "",
        "entries": seals.entries_of(chain),
        "proposed_by": seals.name_of(chain.proposed_by) if chain else "",
        "confirmed_by": seals.name_of(chain.confirmed_by) if chain else "",
        "checks": checks,
        "open_schools": seals.by_school(term) if not (chain and chain.sealed_at) else [],
        "is_clear": all(check.is_clear or not check.blocks for check in checks),
        "may_seal": may(actor, Permission.LEDGER_SEAL, term),
        "is_own_proposal": bool(chain) and chain.proposed_by == seals.key_of(actor),
        "is_verified": bool(chain) and verifies,
        "fault": first_fault(chain) if chain and verifies else None,
    }
    return render(request, "credits/ledger_page.html", context)
