"""补助标准: the district's rates, by kind × area × date; none until the bureau enters one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from activities import rates
from activities.forms.hours import RateForm
from activities.models import SubsidyRate
from people import thresholds
from people.access import may
from people.gate import allow
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused


@allow(Permission.SUBSIDY_RATE_SEE)
def rate_list(request: HttpRequest) -> HttpResponse:
    """Every rate with its dates and basis, the one of today marked; a form for whoever may add one."""
    district, today = request.actor.organisation.district, clock.today()
    rows = list(SubsidyRate.objects.visible_to(request.actor).select_related("set_by"))
    current: dict[tuple[str, str], int] = {}
    for rate in rows:  # newest first within a kind and area
        if rate.starts_on <= today:
            current.setdefault((rate.kind, rate.locality), rate.pk)
    may_set = may(request.actor, Permission.SUBSIDY_RATE_SET, district)
    form = RateForm(request.POST or None) if may_set else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            rates.set_rate(district, by=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The rate is entered."))
            return redirect("activities:rate-list")
    context = {
        "rows": rows,
        "current": set(current.values()),
        "today": today,
        "form": form,
        "class_hour_minutes": thresholds.of(district.pk)["class_hour_minutes"],
    }
    return render(request, "activities/rate_list.html", context)
