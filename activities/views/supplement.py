"""What a supplement touches when it shortens its agreement, and a choice for each booking beforehand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from activities import ending_page, supplements
from partnerships import agreement_amendments
from partnerships.models import Agreement
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.AGREEMENT_SEE)
def agreement_impact(request: HttpRequest, pk: int) -> HttpResponse:
    """Every party and the bureau read it; until it is sent for filing a party may choose otherwise."""
    agreement = seen(Agreement.objects.filter(amends__isnull=False).select_related("amends"), request.actor, pk=pk)
    may_choose = may(request.actor, Permission.AGREEMENT_DRAFT, agreement) and agreement.state in supplements.OPEN
    found = supplements.preview(agreement)
    refused = ""
    if request.method == "POST" and found and may_choose:
        keys = {row.booking.pk: request.POST.get(f"booking_{row.booking.pk}", "") for row in found.rows}
        try:
            supplements.choose(agreement, by=request.actor, keys=keys)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("Kept. It is done when the supplement is filed."))
            return redirect("activities:agreement-impact", pk)
    options = supplements.wishes(agreement, found) if found else {}
    context = {
        "agreement": agreement,
        "changes": agreement_amendments.changes(agreement),
        "rows": ending_page.rows(found, options) if found else [],
        "sums": ending_page.sums(found, options) if found else None,
        "sessions": len(found.sessions) if found else 0,
        "pupils": found.pupils if found else 0,
        "may_choose": may_choose,
        "refused": refused,
    }
    return render(request, "activities/agreement_impact.html", context)
