"""学分: a district's schools for its offices, a school's classes for the school."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credits import totals
from credits.forms import TermForm
from partnerships.models import School, SchoolClass
from people.gate import allow, seen
from people.roles import Permission


@allow(Permission.CREDIT_SEE)
def index(request: HttpRequest) -> HttpResponse:
    """The door of the section: every hat finds its own list behind it."""
    actor = request.actor
    if actor.is_office:
        return _schools(request)
    return _classes(request, seen(School.objects, actor, pk=actor.organisation_id))


@allow(Permission.CREDIT_SEE)
def classes(request: HttpRequest, pk: int) -> HttpResponse:
    """One school, as an office opens it from its list."""
    return _classes(request, seen(School.objects, request.actor, pk=pk))


def _schools(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    district = actor.organisation.district
    term, terms = totals.term_of(district, request.GET.get("term"))
    rows = totals.schools(district, School.objects.visible_to(actor), term) if term else []
    context = {
        "term": term,
        "form": TermForm(terms, term),
        "rows": rows,
        "points": sum(row.points for row in rows),
        "entries": sum(row.entries for row in rows),
        "with_credits": sum(row.with_credits for row in rows),
    }
    return render(request, "credits/school_list.html", context)


def _classes(request: HttpRequest, school: School) -> HttpResponse:
    actor = request.actor
    term, terms = totals.term_of(school.organisation.district, request.GET.get("term"))
    visible = SchoolClass.objects.visible_to(actor).filter(school=school).in_order()
    rows = totals.classes(school, visible, term) if term else []
    context = {
        "school": school,
        "is_own": actor.organisation_id == school.pk,
        "is_pilot": bool(term)
        and school.pilots.filter(starts_on__lt=term.ends_on).exclude(ends_on__lte=term.starts_on).exists(),
        "term": term,
        "form": TermForm(terms, term),
        "rows": [row for row in rows if row.pupils],
        "points": sum(row.points for row in rows),
        "with_credits": sum(row.with_credits for row in rows),
        "pupils": sum(row.pupils for row in rows),
    }
    return render(request, "credits/class_list.html", context)
