"""A roll handed over for a day: the link and its PIN for the school, the roll for whoever holds both."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from activities import roll_links
from activities.models import Booking, RollLink
from activities.views import roll
from people.gate import allow, public, seen
from people.roles import Permission
from portal.lib import limits
from portal.lib.errors import Refused

OPENED = "roll_link"  # session key: the link that a right PIN has opened
TRIES, MINUTE = 20, 60  # PINs of one address


@allow(Permission.ROLL_CALL)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    context = {"booking": booking, "address": "", "pin": "", "error": ""}
    if request.method == "POST":
        try:
            _link, token, pin = roll_links.make(
                booking, by=request.actor, for_whom=request.POST.get("for_whom", "")[:40]
            )
        except Refused as no:
            context["error"] = str(no)
        else:
            context |= {"address": request.build_absolute_uri(f"/roll-links/{token}/"), "pin": pin}
    links = RollLink.objects.visible_to(request.actor).filter(booking=booking, revoked_at__isnull=True)
    context["link"] = links.select_related("made_by__user").first()
    response = render(request, "activities/roll_link.html", context, status=409 if context["error"] else 200)
    response["Cache-Control"] = "private, no-store"
    return response


@allow(Permission.ROLL_CALL)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    if roll_links.revoke(booking, by=request.actor):
        messages.success(request, _("The link opens nothing any more."))
    return redirect("activities:roll-link", pk)


@public
@sensitive_post_parameters("pin")
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The PIN first, then the roll. Links that are over, revoked or nobody's are answered alike."""
    link = roll_links.find(token)
    if link is None:
        return _private(render(request, "activities/roll_link_over.html", status=410))
    if request.session.get(OPENED) != link.pk:
        return _private(_ask(request, link))
    booking = Booking.objects.with_names().select_related("called_by__user").get(pk=link.booking_id)
    request.actor = roll_links.actor_of(link, booking)
    if booking.called_at or booking.state != Booking.State.CONFIRMED:
        return _private(render(request, "activities/roll_link_sent.html", {"booking": booking}))
    return _private(roll.answer(request, booking))


def _ask(request: HttpRequest, link: RollLink) -> HttpResponse:
    error = ""
    if request.method == "POST":
        if not limits.take("roll_pin", limits.address_of(request), most=TRIES, seconds=MINUTE):
            error = _("Too many tries. Wait a minute.")
        elif roll_links.opens(link, request.POST.get("pin", "").strip()):
            request.session.cycle_key()
            request.session[OPENED] = link.pk
            return redirect(request.path)
        else:
            error = _("This PIN is not right. After five wrong ones the link is closed.")
    return render(
        request, "activities/roll_link_pin.html", {"link": link, "error": error}, status=409 if error else 200
    )


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
