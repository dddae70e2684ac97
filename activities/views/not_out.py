"""Which classes have not been out this term, with sessions that fit each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from activities import not_out
from partnerships.models import School
from people.gate import allow
from people.roles import Permission
from portal.lib import clock


@allow(Permission.BOOKING_REQUEST)
def session_classes(request: HttpRequest) -> HttpResponse:
    """Who stays at home first, then who goes, then who was out."""
    school = get_object_or_404(School.objects.select_related("organisation"), pk=request.actor.organisation_id)
    lines, term = not_out.lines(school, by=request.actor)
    today = clock.today()
    rows = [{"line": line, "label": line.school_class.label(today), "pk": line.school_class.pk} for line in lines]
    return render(
        request,
        "activities/session_classes.html",
        {
            "term": term,
            "at_home": [row for row in rows if row["line"].is_at_home],
            "going": [row for row in rows if row["line"].goes and not row["line"].was_out],
            "been": [row for row in rows if row["line"].was_out],
            "classes": len(rows),
        },
    )
