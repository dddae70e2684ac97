"""What a supplement touches when it shortens its agreement, and a choice for each beforehand."""

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
    plan = supplements.wishes(agreement, found) if found else {}
    sums = ending_page.sums(found, plan, request.actor) if found else None
    refused = ""
    if request.method == "POST" and found and sums and may_choose:
        kept = found.keys_of(plan)  # of others: as it stands
        own = {one.row.name for kind in ("bookings", "sessions", "assignments") for one in sums[kind] if one.may_choose}
        keys = kept | {name: request.POST.get(name, "") for name in own}
        try:
            supplements.choose(agreement, by=request.actor, keys=keys)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("Kept. It is done when the supplement is filed."))
            return redirect("activities:agreement-impact", pk)
    context = {
        "agreement": agreement,
        "changes": agreement_amendments.changes(agreement),
        "sums": sums,
        "may_choose": may_choose,
        "refused": refused,
    }
    return render(request, "activities/agreement_impact.html", context)
