"""公示: what waits to be published, and the list that hangs inside the school. Masked, and never in order of points."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from credits import publications, shown, totals
from credits.forms import TermForm
from credits.models import Publication
from partnerships.models import School, SchoolClass, Term
from people import thresholds
from people.access import may
from people.gate import allow, seen, typed_pk
from people.roles import Permission
from people.workflow import abilities
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


@allow(Permission.PUBLICATION_SEE)
def index(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    school = seen(School.objects.select_related("organisation__district"), actor, pk=actor.organisation_id)
    term, terms = totals.term_of(school.organisation.district, request.GET.get("term"))
    rows = publications.board(school, term) if term else []
    values = thresholds.of(school.district_id)
    context = {
        "school": school,
        "term": term,
        "form": TermForm(terms, term),
        "rows": rows,
        "ready": [row for row in rows if row.is_ready],
        "days": values[publications.DAYS],
        "days_are_default": values.is_default(publications.DAYS),
        "may_publish": may(actor, Permission.PUBLICATION_PUBLISH, school),
    }
    return render(request, "credits/publication_list.html", context)


@allow(Permission.PUBLICATION_PUBLISH)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """One class; the form names the term."""
    school_class = seen(SchoolClass.objects.select_related("school__organisation"), request.actor, pk=pk)
    term = seen(Term.objects, request.actor, pk=typed_pk(request, "term"))
    try:
        publication = publications.publish(school_class, term, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("credits:publication-list")
    messages.success(request, _("Published. Print the list for the class, or show it on a screen in the school."))
    return redirect("credits:publication-page", pk=publication.pk)


@allow(Permission.PUBLICATION_PUBLISH)
@require_POST
def publish_all(request: HttpRequest) -> HttpResponse:
    """Every class of the school that is ready."""
    actor = request.actor
    school = seen(School.objects, actor, pk=actor.organisation_id)
    term = seen(Term.objects, actor, pk=typed_pk(request, "term"))
    with refusals_told(request):
        made = publications.publish_all(school, term, by=actor)
        sentence = ngettext("%(n)s class is published.", "%(n)s classes are published.", len(made))
        messages.success(request, sentence % {"n": len(made)})
    return redirect("credits:publication-list")


@allow(Permission.PUBLICATION_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request.actor
    publication = seen(
        Publication.objects.select_related("school_class", "school__organisation__district", "term"), actor, pk=pk
    )
    rows = shown.rows_of(publication, by=actor)
    context = {
        "publication": publication,
        "school": publication.school,
        "label": publication.label,
        "rows": rows,
        "pupils": len({row.entry.account_id for row in rows}),
        "open_disputes": [dispute for dispute in shown.disputes_of(publication) if dispute.is_open],
        "may_object": publication.is_open and may(actor, Permission.DISPUTE_RAISE, publication),
        "may_finalise": publication.is_over and "finalise" in abilities(publication, actor),
        "days": thresholds.of(publication.district_id, on=publication.published_at.date())[publications.DAYS],
    }
    return render(request, "credits/publication_page.html", context)


@allow(Permission.PUBLICATION_PUBLISH)
@require_POST
def finalise(request: HttpRequest, pk: int) -> HttpResponse:
    publication = seen(Publication.objects.select_related("school_class", "term"), request.actor, pk=pk)
    with refusals_told(request):
        publications.finalise(publication, by=request.actor)
        messages.success(request, _("Final. Certificates and record sheets count these entries from now on."))
    return redirect("credits:publication-page", pk=publication.pk)
