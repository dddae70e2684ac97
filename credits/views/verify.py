"""证书核验: what anybody may read who holds a certificate or its code. The content itself, with the name masked."""

import re
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from credits import papers
from credits.models import Certificate
from partnerships.models import StudentIdentity
from people.gate import public
from portal.lib import limits

A_MINUTE = 30  # look-ups from one address


@public
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Where a code is typed that can't be scanned."""
    typed = re.sub(r"[^0-9A-Za-z-]", "", request.GET.get("code", ""))[:60]
    if typed:
        return redirect("credits:verify-page", key=typed)
    return _unlisted(render(request, "credits/verify_ask.html"))


@public
@never_cache
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The same page for an unknown code as for something that is none."""
    if not limits.take("verify", limits.address_of(request), most=A_MINUTE, seconds=60):
        return _unlisted(render(request, "credits/verify_busy.html", status=429))
    certificate = _find(key)
    if certificate is None:
        return _unlisted(render(request, "credits/verify_missing.html", status=404))
    identity = StudentIdentity.objects.filter(pk=certificate.account_id, name_ct__isnull=False).first()
    context = {
        "certificate": certificate,
        "content": papers.said(certificate),
        "name": identity.masked_name if identity else "",
        "is_whole": certificate.is_whole,
        "digest": bytes(certificate.sha256).hex(),
    }
    return _unlisted(render(request, "credits/verify_page.html", context))


def _find(key: str) -> Certificate | None:
    try:
        code = uuid.UUID(key.replace("-", ""))
    except ValueError:
        return None
    return Certificate.objects.select_related("school__organisation").filter(pk=code).first()


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
