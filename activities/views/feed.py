"""Calendar feeds 日历订阅: the page that makes and revokes addresses, and the address itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from activities import feeds
from activities.models import CalendarFeed
from people.gate import allow, public, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.FEED_KEEP)
def feed_list(request: HttpRequest) -> HttpResponse:
    """What this hat may follow, and which addresses are open."""
    return render(request, "activities/feed_list.html", context(request))


@allow(Permission.FEED_KEEP)
@require_POST
@never_cache
def feed_create(request: HttpRequest) -> HttpResponse:
    """A new address, answered to the press itself: it can't be shown a second time."""
    try:
        issued = feeds.create(request.POST.get("kind", ""), by=request.actor, language=get_language() or "zh-hans")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("activities:feed-list")
    address = request.build_absolute_uri(reverse("activities:feed-calendar", args=[issued.secret]))
    return render(request, "activities/feed_list.html", context(request, made=issued.feed, address=address))


@allow(Permission.FEED_KEEP)
@require_POST
def feed_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    feeds.revoke(seen(CalendarFeed.objects, request.actor, pk=pk), by=request.actor)
    messages.success(request, _("The address no longer works."))
    return redirect("activities:feed-list")


@public
def feed_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads. Unknown, revoked and ended are one answer."""
    feed = feeds.find(token)
    if feed is None:
        raise Http404
    data = feeds.calendar(feed, root=request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def context(request: HttpRequest, **made: Any) -> dict[str, Any]:
    open_ones = {feed.kind: feed for feed in CalendarFeed.objects.open().visible_to(request.actor)}
    kinds = [(kind, open_ones.get(kind)) for kind in feeds.kinds_of(request.actor)]
    return {"kinds": kinds, "made": None, "address": ""} | made
