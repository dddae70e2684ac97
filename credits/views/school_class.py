"""One class: its pupils and what each has this term. In the order of the roster, never of the points."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credits import labels, totals
from credits.forms import TermForm
from credits.models import CreditRule
from partnerships.models import SchoolClass
from people import thresholds
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock

LAST = 10_000  # pupils without a seat number stand behind the others


@allow(Permission.CREDIT_SEE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request.actor
    school_class = seen(SchoolClass.objects.select_related("school__organisation__district"), actor, pk=pk)
    school = school_class.school
    term, terms = totals.term_of(school.organisation.district, request.GET.get("term"))
    rows = totals.pupils(school_class, term) if term else []
    is_own = actor.organisation_id == school.pk
    names = labels.of([row.student for row in rows], by=actor, school=school)
    for row in rows:
        row.label = names[row.student.pk]
    values = thresholds.of(school.district_id)
    context = {
        "school_class": school_class,
        "school": school,
        "label": school_class.label(clock.today()),
        "is_own": is_own,
        "term": term,
        "form": TermForm(terms, term),
        "codes": [CreditRule.Code(code) for code in totals.COLUMNS],
        "rows": sorted(rows, key=lambda row: ((is_own and row.seat) or LAST, row.label, row.student.pk)),
        "shows_seats": is_own and any(row.seat for row in rows),
        "target": values["credits.year_target"] * 1000,
        "target_is_default": values.is_default("credits.year_target"),
    }
    return render(request, "credits/class_detail.html", context)
