"""Before a suspended agreement is resumed: what comes back under it, what stays as it is, and what does not come back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from activities import ending_page, resumptions
from partnerships import agreement_life
from partnerships.models import Agreement
from people.access import require
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import CHANGED
from portal.lib.errors import Refused


@allow(Permission.AGREEMENT_END)
def agreement_resume(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = seen(Agreement.objects, request.actor, pk=pk)
    require(request.actor, Permission.AGREEMENT_END, agreement)
    agreement_life.check_end(agreement, request.actor)
    if agreement.state != Agreement.State.SUSPENDED:
        raise Refused("changed", CHANGED)
    refused = ""
    keys = _keys(request, resumptions.look(agreement))
    if request.method == "POST":
        try:
            resumptions.resume(agreement, by=request.actor, keys=keys)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("In force again."))
            return redirect("partnerships:agreement-page", pk)
    found = resumptions.look(agreement)
    context: dict[str, Any] = {
        "agreement": agreement,
        "rows": ending_page.returning(found, found.plan(keys), request.actor),
        "under": ending_page.seen_of(found.under, request.actor),
        "gone": ending_page.seen_of(found.gone, request.actor),
        "refused": refused,
    }
    return render(request, "activities/agreement_resume.html", context)


def _keys(request: HttpRequest, found: resumptions.Resumption) -> dict[str, str]:
    """What was sent; of the bookings of a school that is just leaving, which the other does not see, what is proposed."""
    proposed = found.plan({})
    own = {one.row.name for one in ending_page.returning(found, proposed, request.actor)}
    others = {name: key for name, key in found.keys_of(proposed).items() if name not in own}
    return ending_page.sent(request.POST) | others
