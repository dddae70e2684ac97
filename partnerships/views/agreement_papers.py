"""What is read of an agreement as a file: the canonical bytes, the PDF, scans, the final text, annexes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from partnerships import agreement_paper
from partnerships.models import Agreement, AgreementAnnex, AgreementVersion, Scan
from people.gate import allow, seen
from people.roles import Permission


@allow(Permission.AGREEMENT_SEE)
def agreement_text(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The canonical bytes of a frozen version, of which anybody can take the fingerprint again."""
    version = _version(request, pk, number, frozen_at__isnull=False)
    assert version.body is not None
    return _file(bytes(version.body), "application/json; charset=utf-8", f"agreement-{pk}-v{number}.json")


@allow(Permission.AGREEMENT_SEE)
def agreement_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A frozen version on paper, with a box for every seal."""
    version = _version(request, pk, number, frozen_at__isnull=False)
    made = agreement_paper.printed(
        version,
        lambda one: request.build_absolute_uri(reverse("partnerships:check-page", args=[one.sha256])),
        language="zh-hans" if (get_language() or "").startswith("zh") else "en",
    )
    return _file(made, "application/pdf", f"agreement-{pk}-v{number}.pdf")


@allow(Permission.AGREEMENT_SEE)
def agreement_final(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The final text that a side has uploaded, or the scan of the paper that was registered."""
    return _scan(_version(request, pk, number).scan)


@allow(Permission.AGREEMENT_SEE)
def agreement_annex(request: HttpRequest, pk: int, number: int, annex: int) -> HttpResponse:
    """One annex of a version, by its place."""
    version = _version(request, pk, number)
    return _scan(seen(AgreementAnnex.objects, request.actor, version=version, position=annex).scan)


@allow(Permission.AGREEMENT_SEE)
def agreement_scan(request: HttpRequest, pk: int, party: int) -> HttpResponse:
    """The scan of one party's sealed original; party 0 is the scan of the whole paper."""
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    holder = seen(agreement.parties, request.actor, pk=party) if party else agreement.current_version
    return _scan(holder.scan)


def _version(request: HttpRequest, pk: int, number: int, **lookup: bool) -> AgreementVersion:
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    return seen(AgreementVersion.objects, request.actor, agreement=agreement, number=number, **lookup)


def _scan(scan: Scan | None) -> HttpResponse:
    if scan is None:
        raise Http404
    ending = scan.content_type.rsplit("/", 1)[-1]
    return _file(scan.open(), scan.content_type, f"scan-{scan.pk}.{ending}")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
