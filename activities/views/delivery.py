"""Which bookings stand behind an agreement's commitments: every reserved and delivered number opens here."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from activities.models import Booking, CommitmentUse
from partnerships.models import Agreement
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.pages import keyset


@allow(Permission.AGREEMENT_SEE)
def agreement_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """The uses of one agreement's commitments, newest visit first; `?kind=` narrows to one kind of promise."""
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    bookings = Booking.objects.visible_to(request.actor).filter(agreement=agreement)
    uses = CommitmentUse.objects.filter(Q(reserved__gt=0) | Q(delivered__gt=0), booking__in=bookings.values("pk"))
    kind = request.GET.get("kind", "")
    if kind:
        uses = uses.filter(commitment__kind=kind)
    rows = uses.select_related("commitment", "booking__session__programme", "booking__school__organisation")
    page = keyset(rows, request.GET, order=("-booking__session__starts_at", "-pk"))
    return render(request, "activities/agreement_delivery.html", {"agreement": agreement, "page": page})
