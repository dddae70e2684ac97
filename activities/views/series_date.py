"""One date of a school's series: another time for it, or none."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import bookings, series_dates, sessions
from activities.forms.series_date import SeriesDateForm
from activities.models import Booking, Series, Session
from people.access import require
from people.actors import Actor
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


def _date(request: HttpRequest, pk: int, session: int) -> Session:
    """A date of a series of one's own school."""
    series = seen(Series.objects.after_school(), request.actor, pk=pk)
    require(request.actor, Permission.SERIES_REQUEST, series.school)
    rows = series.sessions.select_related("programme", "provider", "series__school__organisation", "place", "hall")
    found = rows.filter(pk=session).first()
    if found is None:
        raise Http404
    return found


@allow(Permission.SERIES_REQUEST)
def series_date(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """The form of another time; dropping stands beside it."""
    date = _date(request, pk, session)
    starts, ends = timezone.localtime(date.starts_at), timezone.localtime(date.ends_at)
    before: dict[str, Any] = {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
    form = SeriesDateForm(request.POST or None, initial=before)
    verdict = None
    if request.method == "POST" and form.is_valid():
        try:
            series_dates.shift(date, by=request.actor, **form.times())
        except bookings.NotEligible as no:
            verdict = no.verdict
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The date is moved."))
            return redirect("activities:series-page", pk)
    return render(
        request, "activities/series_date.html", {"form": form, "date": date, "series": date.series, "verdict": verdict}
    )


@allow(Permission.SERIES_SEE)
def series_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more date, at the usual time unless another is given: of the school's series, or of a venue's own."""
    series = seen(Series.objects.select_related("programme__provider", "school__organisation"), request.actor, pk=pk)
    if series.school:
        require(request.actor, Permission.SERIES_REQUEST, series.school)
    else:
        require(request.actor, Permission.SESSION_EDIT, series.programme)
    form = SeriesDateForm(request.POST or None, initial={"starts": series.starts, "ends": series.ends})
    if request.method == "POST" and form.is_valid():
        try:
            is_asked = _add(series, form, by=request.actor)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The venue is asked for this date.") if is_asked else _("The date is added."))
            return redirect("activities:series-page", pk)
    return render(request, "activities/series_add.html", {"form": form, "series": series})


def _add(series: Series, form: SeriesDateForm, *, by: Actor) -> bool:
    """Whether the venue has to confirm it first."""
    if series.school:
        return series_dates.add(series, by=by, **form.times()).state == Booking.State.REQUESTED
    sessions.add_date(series, by=by, **form.times())
    return False


@allow(Permission.SERIES_REQUEST)
@require_POST
def series_drop(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    date = _date(request, pk, session)
    try:
        series_dates.drop(date, by=request.actor, reason=request.POST.get("reason", "")[:200])
    except Refused as no:
        messages.error(request, str(no))
        return redirect("activities:series-date", pk, session)
    messages.success(request, _("The date is dropped; all others stay."))
    return redirect("activities:series-page", pk)


@allow(Permission.SERIES_REQUEST)
@require_POST
def series_end(request: HttpRequest, pk: int) -> HttpResponse:
    """No further date takes place."""
    series = seen(Series.objects.after_school().select_related("school__organisation"), request.actor, pk=pk)
    with refusals_told(request):
        dropped = series_dates.end(series, by=request.actor, reason=request.POST.get("reason", "")[:200])
        said = ngettext("Ended: %(n)s date is dropped.", "Ended: %(n)s dates are dropped.", dropped)
        messages.success(request, said % {"n": dropped})
    return redirect("activities:series-page", pk)
