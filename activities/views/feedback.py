"""活动评价: what still waits for a word, and the word itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from activities import feedback
from activities.forms.feedback import FeedbackForm
from activities.models import Booking, Feedback
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.errors import Refused


@allow(Permission.FEEDBACK_GIVE)
def booking_feedback(request: HttpRequest, pk: int) -> HttpResponse:
    booking = seen(Booking.objects.with_names(), request.actor, pk=pk)
    given = list(Feedback.objects.filter(booking=booking).select_related("given_by__organisation"))
    side = feedback.side_of(booking, request.actor)
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            feedback.give(booking, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Thank you. Both sides and the bureau read it; credits don't depend on it."))
            return redirect("activities:booking-page", pk)
    may_give = feedback.is_open(booking) and side and all(row.side != side for row in given)
    return render(
        request,
        "activities/booking_feedback.html",
        {"booking": booking, "session": booking.session, "given": given, "form": form, "may_give": may_give},
    )
