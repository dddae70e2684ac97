"""Pages of the public check of an agreement's text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from partnerships import agreement_checks, agreement_page, agreement_paper, agreement_terms
from people.gate import public
from portal.lib import limits

A_MINUTE = 30  # look-ups from one address


@public
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Where a fingerprint is typed that can't be scanned."""
    typed = request.GET.get("code", "").replace("/", "").strip()[:100]
    if typed:
        return redirect("partnerships:check-page", key=typed)
    return _unlisted(render(request, "partnerships/agreement_check_ask.html", {"least": agreement_checks.LEAST}))


@public
@never_cache
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The same page for an unknown fingerprint as for something that is none."""
    if not limits.take("check", limits.address_of(request), most=A_MINUTE, seconds=60):
        return _unlisted(render(request, "partnerships/agreement_check_busy.html", status=429))
    found = agreement_checks.find(key)
    if found is None:
        return _unlisted(render(request, "partnerships/agreement_check_missing.html", status=404))
    version = found.version
    context = {
        "version": version,
        "agreement": version.agreement,
        "number": version.signed_in.number or version.agreement.number,
        "filed_at": version.signed_in.filed_at or version.agreement.filed_at,
        "standing": found.standing,
        "tone": agreement_checks.TONES[found.standing],
        "holds": found.standing != agreement_checks.Standing.DAMAGED,
        "hash": agreement_paper.grouped(version.sha256),
        "lines": agreement_terms.said(version, names=False) if found.standing != "damaged" else [],
        "clauses": agreement_page.clauses(version, None),
        "parties": version.signed_in.parties.select_related("organisation"),
    }
    return _unlisted(render(request, "partnerships/agreement_check_page.html", context))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
