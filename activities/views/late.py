"""One tap: so many minutes late."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities import lateness
from activities.models import Booking
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.answering import refusals_told


@allow(Permission.ROLL_CALL)
@require_POST
def booking_late(request: HttpRequest, pk: int) -> HttpResponse:
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    said = request.POST.get("minutes", "")
    with refusals_told(request):
        lateness.announce(booking, by=request.actor, minutes=int(said) if said in map(str, lateness.CHOICES) else 0)
        messages.success(request, _("The venue knows: about %(n)s minutes late.") % {"n": booking.late_minutes})
    is_from_roll = request.POST.get("next", "").endswith("/roll/")
    return redirect("activities:roll-call" if is_from_roll else "activities:booking-page", pk)
