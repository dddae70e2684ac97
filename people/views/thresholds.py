"""Thresholds 参数: one page lists them all; each has its own page with its history and, for who may, a new value."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import thresholds
from people.access import may
from people.gate import allow
from people.roles import Permission
from people.threshold_forms import ThresholdForm
from people.threshold_lines import lines
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.THRESHOLD_SEE)
def list_thresholds(request: HttpRequest) -> HttpResponse:
    rows = lines(request.actor.district_id, on=clock.today())
    return render(
        request, "people/threshold_list.html", {"lines": rows, "own": sum(1 for line in rows if line.current)}
    )


@allow(Permission.THRESHOLD_SEE)
def show_threshold(request: HttpRequest, code: str) -> HttpResponse:
    """Its value today, its history, and the form of whoever may set it."""
    line = next(
        (line for line in lines(request.actor.district_id, on=clock.today()) if line.threshold.code == code), None
    )
    if line is None:
        raise Http404
    district = request.actor.organisation.district
    settable = may(request.actor, Permission.THRESHOLD_SET, district)
    form = ThresholdForm(request.POST or None, threshold=line.threshold)
    if request.method == "POST":
        if form.is_valid():
            try:
                thresholds.set_value(district, code, by=request.actor, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The new value holds from the day you chose."))
                return redirect("people:threshold-page", code=code)
    return render(request, "people/threshold_page.html", {"line": line, "form": form if settable else None})
