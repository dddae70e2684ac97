"""Pages of imports: what can be brought in, sending it, and what became of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import may, require
from people.gate import allow, seen
from people.models import Upload
from people.roles import Permission
from portal.imports import board, uploads
from portal.imports.checks import CHECKS, TEMPLATES
from portal.imports.forms import FileForm, PasteForm
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.spreadsheets.writing import xlsx_bytes
from portal.models import ImportPart, ImportRun

Kind = ImportRun.Kind
RUNS = 12


@allow(Permission.IMPORT_SEE)
def import_list(request: HttpRequest) -> HttpResponse:
    """What this hat can bring in, what waits for its answer, and the last imports."""
    kinds = [kind for kind, needed in uploads.PERMISSIONS.items() if may(request.actor, needed)]
    waiting = Upload.objects.visible_to(request.actor).filter(kind__in=kinds).order_by("expires_at")
    runs = ImportRun.objects.visible_to(request.actor).select_related("written_by", "organisation")
    parts = ImportPart.objects.visible_to(request.actor).waiting()
    return render(
        request,
        "portal/import_list.html",
        {
            "kinds": kinds,
            "waiting": waiting.defer("sealed", "digest"),
            "parts": {part.upload_number: part for part in parts},
            "runs": runs[:RUNS],
            "has_roster": runs.for_rosters().exists(),
        },
    )


@allow(Permission.IMPORT_SEE)
def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a file, or paste."""
    if kind not in uploads.PERMISSIONS:
        raise Http404
    require(request.actor, uploads.PERMISSIONS[Kind(kind)])
    pastes = kind == Kind.ROSTER
    is_paste = pastes and "text" in request.POST
    file_form = FileForm(*([request.POST, request.FILES] if request.method == "POST" and not is_paste else []))
    paste_form = PasteForm(*([request.POST] if is_paste else []), prefix=None)
    form = paste_form if is_paste else file_form
    if request.method == "POST" and form.is_valid():
        try:
            data, name = form.content()
            facts = paste_form.facts() if is_paste else {}
            CHECKS[kind](uploads.opened(data, name), facts)
            upload = uploads.receive(data, by=request.actor, kind=kind, file_name=name, facts=facts)
        except Refused as refused:
            form.add_error("text" if is_paste else "file", str(refused))
        else:
            return redirect("portal:import-page", upload.pk)
    context = {"kind": Kind(kind), "file_form": file_form, "paste_form": paste_form if pastes else None}
    return render(request, "portal/import_new.html", context, status=422 if form.errors else 200)


@allow(Permission.IMPORT_SEE)
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty spreadsheet with the right headings."""
    if kind not in uploads.PERMISSIONS:
        raise Http404
    require(request.actor, uploads.PERMISSIONS[Kind(kind)])
    rows = TEMPLATES[kind]
    data = xlsx_bytes({str(Kind(kind).label): rows}, widths={str(Kind(kind).label): [22] * len(rows[0])})
    return HttpResponse(
        data,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{kind}.xlsx"'},
    )


@allow(Permission.IMPORT_SEE)
def import_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an upload before its time."""
    upload = seen(Upload.objects, request.actor, pk=pk)
    if request.method == "POST":
        uploads.drop(upload, by=request.actor)
        messages.success(request, _("The file is forgotten; nothing was written."))
    return redirect("portal:import-list")


@allow(Permission.IMPORT_SEE)
def import_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the school's lead to confirm a braked import."""
    upload = seen(Upload.objects, request.actor, pk=pk)
    if request.method == "POST":
        uploads.ask_lead(upload, by=request.actor)
        messages.success(request, _("Your school lead has been told. The roster waits for a day."))
    return redirect("portal:import-list")


@allow(Permission.IMPORT_SEE)
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What an import did, in counts."""
    rows = ImportRun.objects.select_related("organisation", "written_by", "proposed_by")
    run = seen(rows, request.actor, pk=pk)
    parts = run.parts.select_related("school__organisation", "answer")
    return render(request, "portal/import_run.html", {"run": run, "parts": parts, "now": clock.now()})


@allow(Permission.ROSTER_BOARD)
def import_board(request: HttpRequest) -> HttpResponse:
    """Which schools' rosters are in."""
    lines = board.lines(request.actor)
    context = {
        "lines": lines,
        "there": sum(line.is_in for line in lines),
        "pupils": sum(line.pupils for line in lines),
        "now": clock.now(),
    }
    return render(request, "portal/import_board.html", context)
