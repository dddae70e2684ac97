"""Which bookings stand behind an agreement's commitments: every reserved and delivered number opens here."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from activities import service_uses
from activities.models import Booking, CommitmentUse, ServiceRecord, TrainingUse
from partnerships.models import Agreement, Commitment, Deliverable
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.pages import keyset


@allow(Permission.AGREEMENT_SEE)
def agreement_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """The uses of one agreement's commitments, newest visit first; `?kind=` narrows to one kind of promise."""
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    bookings = Booking.objects.visible_to(request.actor).filter(agreement=agreement)
    counted = Q(reserved__gt=0) | Q(delivered__gt=0) | Q(released__gt=0)
    uses = CommitmentUse.objects.filter(counted, booking__in=bookings.values("pk"))
    kind = request.GET.get("kind", "")
    if kind:
        uses = uses.filter(commitment__kind=kind)
    rows = uses.select_related("commitment", "booking__session__programme", "booking__school__organisation")
    page = keyset(rows, request.GET, order=("-booking__session__starts_at", "-pk"))
    may_enter = may(request.actor, Permission.DELIVERABLE_ENTER, agreement)
    enters = may_enter and agreement.commitments.filter(kind__in=Commitment.BY_RECORD).exists()
    shown = {"agreement": agreement, "page": page, "enters": enters, **_by_record(agreement, bookings, kind)}
    return render(request, "activities/agreement_delivery.html", shown)


def _by_record(agreement: Agreement, bookings: QuerySet[Booking], kind: str) -> dict[str, QuerySet]:
    """What no booking delivers: hours that counselors gave to these bookings, without their names, and trainings."""
    given, trainings = ServiceRecord.objects.none(), TrainingUse.objects.none()
    if kind in ("", Commitment.Kind.COUNSELOR_HOURS):
        given = service_uses.behind(agreement).filter(assignment__session__in=bookings.values("session"))
        given = given.select_related("assignment__session__programme")
    if kind in ("", Commitment.Kind.TRAININGS):
        trainings = TrainingUse.objects.filter(commitment__agreement=agreement)
        trainings = trainings.select_related("session__programme").order_by("-session__starts_at", "-pk")
    records = Deliverable.objects.filter(commitment__agreement=agreement).with_names().order_by("-happened_on", "-pk")
    if kind:
        records = records.filter(commitment__kind=kind)
    return {"given": given, "trainings": trainings, "records": records}
