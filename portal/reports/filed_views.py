"""Reports as papers: their list, one of them, its rows, its files, and what school and bureau do with it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnerships.models import Term
from people.access import may
from people.gate import allow, fresh_factor, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib import clock, pages, wording
from portal.lib.errors import Refused
from portal.models import Report
from portal.reports import document, drafts, exports, publishing, rendering, rows, since
from portal.reports.catalogue import reader_of
from portal.reports.forms import Answer
from portal.reports.frozen import FULL, Frozen, cut_of
from portal.reports.sheet import in_groups

ORDER = ("-ends_on", "-pk")


def frozen_of(report: Report, request: HttpRequest) -> Frozen:
    """The report's document, cut to the reader."""
    whole = Frozen.of(report.document)
    cut = cut_of(reader_of(request.actor), whole.document)
    return whole if cut == FULL else Frozen.of(report.document, cut)


@allow(Permission.REPORT_SEE)
def listed(request: HttpRequest) -> HttpResponse:
    """The reports that this reader may see, newest first; the bureau plans those of a term here."""
    found = Report.objects.visible_to(request.actor).with_names()
    terms = Term.objects.none()
    if may(request.actor, Permission.REPORT_DRAFT):
        terms = Term.objects.visible_to(request.actor).filter(starts_on__lte=clock.today())
        terms = [term for term in terms if not found.filter(term=term, kind="term", organisation=None).exists()]
    context = {"page": pages.keyset(found, request.GET, order=ORDER), "terms": terms}
    return render(request, "portal/report_list.html", context)


@allow(Permission.REPORT_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: its figures as the document says them, its files and check codes, the school's answers."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    may_answer = "answer" in _open(report, request)
    context: dict[str, Any] = {
        "report": report,
        "whose": report.whose.name,
        "period": document.period(report),
        "abilities": _open(report, request),
        "comments": report.comments.select_related("school__organisation", "made_by"),
        "form": Answer() if may_answer else None,
        "newer": _newer(report, request),
        "drawn": None,
    }
    if report.document is not None:
        context |= _drawn(report, request)
    return render(request, "portal/report_page.html", context)


def _open(report: Report, request: HttpRequest) -> list[str]:
    """What this reader may do with the report now; an answer may be followed by another one."""
    found = abilities(report, request.actor)
    answered = report.state == Report.State.COMMENTED and may(request.actor, Permission.REPORT_COMMENT, report)
    if answered:
        found = [*found, "answer"]
    if "answer" in found and (not report.comments_until or report.comments_until < clock.today()):
        found.remove("answer")
    if report.is_published and may(request.actor, Permission.REPORT_DRAFT, report):
        found = [*found, "again"]
    return found


def _newer(report: Report, request: HttpRequest) -> Report | None:
    same = {name: getattr(report, name) for name in ("district", "organisation", "kind", "starts_on", "ends_on")}
    return Report.objects.visible_to(request.actor).filter(**same, version__gt=report.version).with_names().first()


def _drawn(report: Report, request: HttpRequest) -> dict[str, Any]:
    frozen = frozen_of(report, request)
    lines = frozen.lines(lambda code: reverse("portal:report-rows", args=[report.pk, code]))
    codes = {}
    if report.is_published:
        codes = dict(report.renderings.filter(cut=frozen.cut).values_list("name", "sha256"))
    originals = {row.name for row in publishing.differing(report, frozen.cut)}
    return {
        "drawn": frozen,
        "lines": lines,
        "groups": in_groups(lines),
        "has_before": frozen.has_before,
        "code": rendering.code_shown(frozen.code),
        "files": [_file(name, codes.get(name, ""), name in originals) for name in rendering.FILES],
        "waits": publishing.waits_for(report) if report.state in ("to_check", "commented") else None,
    }


def _file(name: str, sha256: str, is_upgraded: bool) -> dict[str, Any]:
    language, kind = name.rsplit(".", 1)
    return {
        "name": name,
        "kind": kind.upper(),
        "sha256": sha256,
        "is_upgraded": is_upgraded,
        "is_english": language == "en",
        "is_mine": (language == "zh-hans") == wording.reads_chinese(),
    }


@allow(Permission.REPORT_SEE)
def figure(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The very rows that a report counted, and what has become of each since."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    if report.document is None:
        raise Http404
    frozen = frozen_of(report, request)
    if code not in frozen.entries:
        raise Http404
    kept = since.kept(frozen, code, document.scope_of(report, frozen.as_of))
    gone_on = "changed" in request.GET
    chosen = Paginator(kept.only(gone_on=gone_on), since.SIZE).get_page(request.GET.get("page"))
    heads = rows.SHAPES[kept.counted].heads
    lines = kept.page(list(chosen.object_list), request.actor)
    context = {
        "report": report,
        "line": frozen.line(code),
        "heads": heads,
        "rows": [(url, list(zip(heads, cells, strict=False)), then) for url, cells, then in lines],
        "kept": kept,
        "gone_on": gone_on,
        "previous": _turn(chosen.previous_page_number() if chosen.has_previous() else 0, gone_on),
        "next": _turn(chosen.next_page_number() if chosen.has_next() else 0, gone_on),
        "whose": report.whose.name,
        "period": document.period(report),
    }
    return render(request, "portal/report_rows.html", context)


def _turn(number: int, gone_on: bool) -> str:
    """The address of a page of the rows; empty where there is none."""
    return f"?page={number}{'&changed' if gone_on else ''}" if number else ""


@allow(Permission.REPORT_SEE)
@fresh_factor
def file(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """PDF, XLSX or CSV, made anew from the document; of a draft too, which says so."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    if report.document is None or name not in rendering.FILES:
        raise Http404
    made = rendering.render(report.document, name, frozen_of(report, request).cut)
    return exports.download(made, f"{report.number}.{name}")


@allow(Permission.REPORT_SEE)
@fresh_factor
def original(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The file of the day of publishing, where an upgrade has changed the bytes since."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    differing = publishing.differing(report, frozen_of(report, request).cut) if report.is_published else []
    row = next((row for row in differing if row.name == name), None)
    if row is None:
        raise Http404
    return exports.download(row.original, f"{report.number}.{document.period(report)}.{name}")


@allow(Permission.REPORT_COMMENT)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The school's answer to the draft of its report."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    form = Answer(request.POST)
    if form.is_valid():
        publishing.answer(report, by=request.actor, **form.cleaned_data)
        messages.success(request, _("Your answer is with the bureau."))
    else:
        messages.error(request, " ".join(sentence for errors in form.errors.values() for sentence in errors))
    return redirect("portal:report-page", pk)


@allow(Permission.REPORT_DRAFT)
@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the reports of a term now; a worker drafts them."""
    term = seen(Term.objects.distinct(), request.actor, pk=pk)
    count = drafts.plan_term(term, by=request.actor)
    messages.success(request, _("%(n)s reports are planned and will be drafted one after the other.") % {"n": count})
    return redirect("portal:report-list")


@allow(Permission.REPORT_DRAFT)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft a report anew; a published one gets a next version."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    return redirect("portal:report-page", drafts.again(report, by=request.actor).pk)


@allow(Permission.REPORT_PUBLISH)
@require_POST
@fresh_factor
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze and publish, after the dialog and with a fresh code."""
    report = seen(Report.objects.with_names(), request.actor, pk=pk)
    try:
        publishing.publish(report, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The report is published and stays as it is."))
    return redirect("portal:report-page", pk)
