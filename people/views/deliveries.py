"""Deliveries that were given up 未送达: the administrator sees why and tries again. Never what they say."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import deliveries, notices
from people.gate import allow, seen
from people.models import Delivery
from people.notice_forms import said
from people.roles import Permission
from portal.lib.errors import Refused
from portal.lib.pages import keyset


@allow(Permission.DELIVERY_RETRY)
def list_dead(request: HttpRequest) -> HttpResponse:
    dead = Delivery.objects.visible_to(request.actor).dead().select_related("notice__user", "robot")
    page = keyset(dead, request.GET, order=("-dead_at", "-pk"))
    rows = [(row, said(notices.KINDS[row.notice.kind]) if row.notice.kind in notices.KINDS else "") for row in page]
    waiting = Delivery.objects.visible_to(request.actor).waiting().count()
    return render(request, "people/delivery_list.html", {"page": page, "rows": rows, "waiting": waiting})


@allow(Permission.DELIVERY_RETRY)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = seen(Delivery.objects, request.actor, pk=pk)
    try:
        deliveries.retry(delivery, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is on its way again."))
    return redirect("people:delivery-list")
