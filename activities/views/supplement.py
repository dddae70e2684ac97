"""What a supplement touches when it shortens its agreement, and a choice for each booking beforehand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from activities import ending_page, supplements
from activities.models import Booking
from activities.touched import Preview
from partnerships import agreement_amendments
from partnerships.models import Agreement
from people.access import may
from people.actors import Actor
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.AGREEMENT_SEE)
def agreement_impact(request: HttpRequest, pk: int) -> HttpResponse:
    """Every party and the bureau read it; until it is sent for filing a party may choose otherwise."""
    agreement = seen(Agreement.objects.filter(amends__isnull=False).select_related("amends"), request.actor, pk=pk)
    may_choose = may(request.actor, Permission.AGREEMENT_DRAFT, agreement) and agreement.state in supplements.OPEN
    found = supplements.preview(agreement)
    own = _own(found, request.actor)
    refused = ""
    if request.method == "POST" and found and may_choose:
        keys = ending_page.keys_of(found, supplements.wishes(agreement, found))  # of other schools: as it stands
        keys |= {pk: request.POST.get(f"booking_{pk}", "") for pk in own}
        try:
            supplements.choose(agreement, by=request.actor, keys=keys)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("Kept. It is done when the supplement is filed."))
            return redirect("activities:agreement-impact", pk)
    options = supplements.wishes(agreement, found) if found else {}
    rows = [row for row in ending_page.rows(found, options) if row["booking"].pk in own] if found else []
    context = {
        "agreement": agreement,
        "changes": agreement_amendments.changes(agreement),
        "rows": rows,
        "sums": ending_page.sums(found, options, of=own, reader=request.actor) if found else None,
        "sessions": len({row["booking"].session_id for row in rows}),
        "pupils": sum(row["booking"].pupils for row in rows),
        "may_choose": may_choose,
        "refused": refused,
    }
    return render(request, "activities/agreement_impact.html", context)


def _own(found: Preview | None, actor: Actor) -> set[int]:
    """The bookings that this reader sees: a school its own, never those of the other schools of the agreement."""
    keys = [row.booking.pk for row in found.rows] if found else []
    return set(Booking.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
