"""Live figures, the term report, the rows behind a figure, and the exports."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from partnerships.models import School, Term
from people import audit
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from portal.lib import pages, wording
from portal.reports import breakdown, exports, pictures, rows, sheet, worth
from portal.reports.asking import scope_of
from portal.reports.catalogue import CATALOGUE, reader_of
from portal.reports.scope import Scope


def _of_whom(request: HttpRequest, scope: Scope) -> str:
    """Whom the figures are about, in words."""
    actor = request.actor
    if scope.school_id and actor.is_office:
        return School.objects.select_related("organisation").get(pk=scope.school_id).name
    return actor.organisation.district.name if actor.is_office else actor.organisation.name


def _picture(scope: Scope, before: Scope | None = None) -> dict[str, object]:
    """What the charts draw: weeks against the same weeks of the term before, forms, grades, promises."""
    return pictures.drawn(
        [number for _monday, number in breakdown.by_week(scope)],
        [number for _monday, number in breakdown.by_week(before)] if before else None,
        [(breakdown.form_label(form), number) for form, number in breakdown.by_form(scope)],
        [(breakdown.form_label(form), number) for form, number in breakdown.by_form(before)] if before else None,
    ) | {"grades": breakdown.by_grade(scope), "promises": worth.promises(scope)}


@allow(Permission.REPORT_SEE)
def live(request: HttpRequest) -> HttpResponse:
    """Live figures for any dates and group, marked as unpublished."""
    scope, ask = scope_of(request)
    found = sheet.lines(scope, request.GET.urlencode(), reader=reader_of(request.actor))
    context = {
        "ask": ask,
        "scope": scope,
        "whom": _of_whom(request, scope),
        "groups": sheet.in_groups(found),
        "summary": sheet.summary(scope.as_of, found),
        "terms": Term.objects.visible_to(request.actor).distinct().select_related("district"),
        "query": request.GET.urlencode(),
        **_picture(scope),
    }
    return render(request, "portal/report_live.html", context)


@allow(Permission.REPORT_SEE)
def term(request: HttpRequest, pk: int) -> HttpResponse:
    """The term report of a district, school or venue, against the term before."""
    row = seen(Term.objects.distinct(), request.actor, pk=pk)
    scope, _ask = scope_of(request, row)
    earlier = sheet.term_before(row)
    before = scope.over(earlier) if earlier else None
    query = request.GET.copy()
    query["starts"], query["until"] = row.starts_on.isoformat(), row.last_day.isoformat()
    found = sheet.lines(scope, query.urlencode(), before, reader=reader_of(request.actor))
    context = {
        "term": row,
        "earlier": earlier,
        "scope": scope,
        "whom": _of_whom(request, scope),
        "groups": sheet.in_groups(found),
        "summary": sheet.summary(scope.as_of, found),
        "query": query.urlencode(),
        **_picture(scope, before),
    }
    return render(request, "portal/report_term.html", context)


@allow(Permission.REPORT_SEE)
def figure_rows(request: HttpRequest, code: str) -> HttpResponse:
    """The very rows that a figure counted, with the door from each to the next link of the chain."""
    figure = CATALOGUE.get(code)
    if figure is None or reader_of(request.actor) in figure.hidden_from:
        raise Http404
    scope, _ask = scope_of(request)
    if scope.kind not in figure.scopes:
        raise Http404
    counted, behind = rows.evidence(figure, scope)
    shape = rows.SHAPES[counted]
    page = pages.keyset(rows.of(counted, behind, request.actor), request.GET, order=shape.order)
    value = figure.value(scope)
    context = {
        "figure": figure,
        "line": sheet.Line(figure, scope.as_of, value),
        "scope": scope,
        "whom": _of_whom(request, scope),
        "heads": shape.heads,
        "page": page,
        "rows": [(shape.url(row), list(zip(shape.heads, shape.cells(row), strict=True))) for row in page],
    }
    return render(request, "portal/figure_rows.html", context)


@allow(Permission.REPORT_SEE)
@fresh_factor
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The figures of the page as CSV or XLSX; the trail says who took them."""
    scope, _ask = scope_of(request)
    title = _("%(whom)s: school–venue figures") % {"whom": _of_whom(request, scope)}
    table = exports.table(title, scope, sheet.lines(scope, reader=reader_of(request.actor)))
    audit.record(
        "report.export", request.actor.organisation, by=request.actor, kind=kind, query=request.GET.urlencode()
    )
    name = f"guanxiao-{scope.starts_on:%Y%m%d}-{scope.as_of:%Y%m%d}"
    return exports.answer(kind, name, wording.span(scope.starts_on, scope.as_of), table)
