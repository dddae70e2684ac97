"""Papers as pages, and as PDF with `?as=pdf`. Names of pupils leave the house only after a fresh code."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities import changes, confirmations, outing_papers, receipts
from activities.models import Booking, ConfirmationSheet, Outing
from activities.papers import Paper
from people.access import may
from people.actors import Actor
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from portal.lib.answering import refusals_told

Builder = Callable[[Outing, Actor], Paper]


def _outing_paper(name: str, permission: Permission, *, has_names: bool = False) -> Callable[..., HttpResponse]:
    build = outing_papers.BUILDERS[name]

    @require_safe
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        outing = seen(Outing.objects.with_names(), request.actor, pk=pk)
        if has_names and not outing_papers.may_read_names(outing, request.actor):
            raise PermissionDenied("names of another school")
        paper = build(outing, request.actor)
        return _pdf(request, paper) if _wants_pdf(request) else _page(request, paper, outing=outing)

    view.__name__ = f"outing_{name}"
    return allow(permission)(view)


def _wants_pdf(request: HttpRequest) -> bool:
    return request.GET.get("as") == "pdf"


def _pdf(request: HttpRequest, paper: Paper) -> HttpResponse:
    return (_named_pdf if paper.shows_names else _file)(request, paper)


def _file(request: HttpRequest, paper: Paper) -> HttpResponse:
    response = HttpResponse(paper.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{paper.name}-{paper.number.split(",")[0]}.pdf"'
    return response


_named_pdf = fresh_factor(_file)


def _page(request: HttpRequest, paper: Paper, **context: object) -> HttpResponse:
    known = {"booking": None, "outing": None, "is_sheet": False, "may_accept": False}
    return render(request, "activities/paper_page.html", known | {"paper": paper} | context)


outing_letter = _outing_paper("letter", Permission.BOOKING_SEE)
outing_papers_list = _outing_paper("papers", Permission.OUTING_SEE)
outing_slip = _outing_paper("slip", Permission.OUTING_REPORT)
outing_roster = _outing_paper("roster", Permission.OUTING_REPORT, has_names=True)
outing_staying = _outing_paper("staying", Permission.OUTING_REPORT, has_names=True)


@allow(Permission.BOOKING_SEE)
@require_safe
def booking_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    paper = receipts.receipt(booking, version=changes.paper_version(booking))
    return _file(request, paper) if _wants_pdf(request) else _page(request, paper, booking=booking)


def _accepted(booking: Booking) -> str:
    booking.refresh_from_db(fields=["state"])
    if booking.on_sheet and booking.state == Booking.State.CONFIRMED:
        return _("Accepted by both sides: the visit is confirmed.")
    return _("Accepted. The sheet holds once both sides have.")


@allow(Permission.BOOKING_SEE)
def booking_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """活动确认单. A POST accepts the words that the page showed, for the side of the hat."""
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    if request.method == "POST":
        with refusals_told(request):
            confirmations.accept(booking, by=request.actor, digest=request.POST.get("digest", ""))
            messages.success(request, _accepted(booking))
        return redirect("activities:booking-sheet", pk)
    paper = receipts.confirmation(booking, version=changes.paper_version(booking))
    if _wants_pdf(request):
        return _file(request, paper)
    sheet = confirmations.sheet_of(booking)
    is_host = request.actor.organisation_id == booking.session.provider_id
    asked = Permission.BOOKING_CONFIRM if is_host else Permission.BOOKING_REQUEST
    said = sheet and (sheet.host_at if is_host else sheet.school_at)
    live = booking.state in (Booking.State.REQUESTED, Booking.State.CONFIRMED)
    return _page(
        request,
        paper,
        booking=booking,
        sheet=sheet or ConfirmationSheet(booking=booking),
        digest=receipts.digest(booking),
        may_accept=live and not said and may(request.actor, asked, booking),
        is_sheet=True,
    )
