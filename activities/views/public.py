"""课后服务公示: what anybody may read of a school's after-school activities: price, time and content, and no person."""

from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from activities.models import Series, Session
from partnerships.models import School, Slot
from people.gate import public
from portal.lib import clock


@public
def after_school_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is planned from today on, by weekday; cancelled dates are left out."""
    school = get_object_or_404(School.objects.select_related("organisation__district"), pk=pk)
    ahead = Q(sessions__state=Session.State.OPEN, sessions__ends_at__gt=clock.now())
    rows = (
        Series.objects.after_school()
        .filter(school=school)
        .select_related("programme", "provider", "group", "school_class")
    )
    coming = rows.annotate(
        dates=Count("sessions", filter=ahead), first=Min("sessions__starts_at", filter=ahead),
        last=Max("sessions__starts_at", filter=ahead),
    ).filter(dates__gt=0)  # fmt: skip
    activities = list(coming.order_by("starts", "programme__name_zh", "pk")[:100])
    return render(
        request,
        "activities/after_school_page.html",
        {
            "school": school,
            "district": school.organisation.district,
            "activities": sorted(activities, key=lambda series: (series.weekdays, series.starts)),
            "slots": Slot.objects.filter(school=school),
            "today": clock.today(),
        },
    )
