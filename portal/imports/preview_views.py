"""The preview of an upload: nothing is written until the button below it is pressed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from partnerships import identities, rolls
from partnerships.models import IdentityLook
from people.access import require
from people.gate import allow, seen
from people.models import Upload
from people.roles import Permission
from portal.imports import booking_lists, clubs, lists, rosters, session_lists, showing, uploads
from portal.imports.forms import PilotsForm
from portal.lib import clock
from portal.lib.errors import Refused
from portal.models import ImportRun

Kind = ImportRun.Kind
# of each class so many new names are shown
NAMES_SHOWN = 60


@allow(Permission.IMPORT_SEE)
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview; a POST keeps the answers to its questions."""
    upload = seen(Upload.objects, request.actor, pk=pk)
    require(request.actor, uploads.PERMISSIONS[Kind(upload.kind)], upload)
    try:
        if request.method == "POST":
            keep_answers(request, upload)
            return redirect("portal:import-page", upload.pk)
        context, template = PAGES[Kind(upload.kind)](request, upload)
    except Refused as refused:
        return render(request, "portal/import_refused.html", {"upload": upload, "sentence": str(refused)}, status=422)
    return render(request, template, {"upload": upload, **context})


def keep_answers(request: HttpRequest, upload: Upload) -> None:
    if upload.kind not in (Kind.ROSTER, Kind.CLUBS):  # no other list asks anything
        return
    asked = clubs.look_at_district(upload) if upload.kind == Kind.CLUBS else rosters.look_at(upload)
    given = {
        key.removeprefix("answer-"): str(value) for key, value in request.POST.items() if key.startswith("answer-")
    }
    uploads.answer(upload, by=request.actor, answers=rosters.accepted(asked.questions, given))


@allow(Permission.IMPORT_SEE)
def import_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the preview shows. A second press finds what the first one wrote."""
    if request.method != "POST":
        return redirect("portal:import-page", pk)
    written = ImportRun.objects.visible_to(request.actor).filter(upload_number=pk).first()
    if written is not None:
        return redirect("portal:import-run", written.pk)
    upload = seen(Upload.objects, request.actor, pk=pk)
    require(request.actor, uploads.PERMISSIONS[Kind(upload.kind)], upload)
    try:
        run = WRITERS[Kind(upload.kind)](request, upload)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("portal:import-page", pk)
    return redirect("portal:import-run", run.pk)


def roster_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = rosters.look_at(upload)
    plan, reading = preview.plan, preview.reading
    context = {
        "preview": preview,
        "plan": plan,
        "reading": reading,
        "questions": showing.questions(preview.questions),
        "problems": showing.problems([*reading.problems, *plan.problems]),
        "skipped": showing.skipped(reading),
        "classes": [(showing.class_label(line.key, plan.day), line, new_names(plan, line)) for line in plan.classes],
        "known": known_names(request, plan),
        "gone_share": f"{round(plan.gone_percent)}%",
        "may_release": rolls.may_release(request.actor, plan.school, proposer(upload)),
        "is_asked": bool(upload.facts["proposed_by"]),
    }
    return context, "portal/import_roster.html"


def new_names(plan: rolls.Plan, line: rolls.ClassLine) -> list[str]:
    """Names of the file that would be new in a class, as far as they are shown."""
    rows = [row for row in plan.comparison.new if row.key == line.key]
    return [row.name for row in rows[:NAMES_SHOWN]]


def known_names(request: HttpRequest, plan: rolls.Plan) -> dict[str, list[tuple[str, str, str]]]:
    """Stored names that the page has to show: who changes and who would leave. Logged as one look."""
    gone, changed = plan.comparison.gone, plan.comparison.changed
    students = [pupil.student for pupil in gone] + [pair.known.student for pair in changed]
    if students:
        identities.look(students, by=request.actor, school=plan.school, purpose=IdentityLook.Purpose.ROSTER)
    label = showing.class_label
    return {
        "gone": [(pupil.name, label(pupil.key, plan.day), "") for pupil in gone if pupil.key],
        "changed": [(pair.listed.name, label(pair.listed.key, plan.day), change_of(pair, plan)) for pair in changed],
        "unsure": [(row.name, label(row.key, plan.day), str(row.row)) for row in plan.comparison.unsure],
    }


def change_of(pair: rolls.Pair, plan: rolls.Plan) -> str:
    """What changes of a pupil, in words."""
    words = []
    if pair.renames:
        words.append(_("was %(name)s") % {"name": pair.known.name})
    if pair.moves:
        before = showing.class_label(pair.known.key, plan.day) if pair.known.key else _("not in a class")
        words.append(_("comes from %(school_class)s") % {"school_class": before})
    return "; ".join(words) or _("number or seat")


def proposer(upload: Upload) -> Any:
    return rosters.User.objects.filter(pk=upload.facts["proposed_by"]).first()


def write_roster(request: HttpRequest, upload: Upload) -> ImportRun:
    preview = rosters.look_at(upload)
    return rosters.write(upload, preview, by=request.actor, leavers=request.POST.get("leavers") == "on")


def groups_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = clubs.look_at_school(upload)
    unmatched = [(each, showing.written_class(each.class_text)) for each in preview.plan.unmatched]
    context = {
        "preview": preview,
        "plan": preview.plan,
        "reading": preview.reading,
        "problems": showing.problems(preview.reading.problems),
        "skipped": showing.skipped(preview.reading),
        "unmatched": unmatched,
        "is_part": upload.facts["part"],
    }
    return context, "portal/import_groups.html"


def write_groups(request: HttpRequest, upload: Upload) -> ImportRun:
    return clubs.write(upload, clubs.look_at_school(upload), by=request.actor)


def clubs_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = clubs.look_at_district(upload)
    context = {
        "preview": preview,
        "reading": preview.reading,
        "questions": showing.questions(preview.questions),
        "problems": showing.problems(preview.reading.problems),
        "skipped": showing.skipped(preview.reading),
        "members": sum(len(part.members) for part in preview.parts),
    }
    return context, "portal/import_clubs.html"


def write_clubs(request: HttpRequest, upload: Upload) -> ImportRun:
    return clubs.hand_over(upload, clubs.look_at_district(upload), by=request.actor)


def venues_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = lists.look_at_venues(upload)
    context = {"preview": preview, "problems": showing.problems(preview.table.problems)}
    return context, "portal/import_venues.html"


def write_venues(request: HttpRequest, upload: Upload) -> ImportRun:
    ticked = {int(row) for row in request.POST.getlist("propose") if row.isdecimal() and len(row) < 7}
    return lists.write_venues(upload, lists.look_at_venues(upload), by=request.actor, ticked=ticked)


def schools_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = lists.look_at_schools(upload)
    context = {
        "preview": preview,
        "problems": showing.problems(preview.table.problems),
        "form": PilotsForm(initial={"pilots_from": clock.today()}),
    }
    return context, "portal/import_schools.html"


def write_schools(request: HttpRequest, upload: Upload) -> ImportRun:
    form = PilotsForm(request.POST)
    day = form.cleaned_data["pilots_from"] if form.is_valid() else None
    return lists.write_schools(upload, lists.look_at_schools(upload), by=request.actor, pilots_from=day)


def whitelist_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = lists.look_at_whitelist(upload)
    return {"preview": preview, "problems": showing.problems(preview.table.problems)}, "portal/import_whitelist.html"


def write_whitelist(request: HttpRequest, upload: Upload) -> ImportRun:
    return lists.write_whitelist(upload, lists.look_at_whitelist(upload), by=request.actor)


def results_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    preview = lists.look_at_results(upload)
    school = lists.school_of(upload)
    names = identities.masked_names([row.student for row in preview.rows], by=request.actor, school=school)
    context = {
        "rows": [(row, names.get(row.student, "")) for row in preview.rows],
        "problems": showing.problems(preview.table.problems),
    }
    return context, "portal/import_results.html"


def write_results(request: HttpRequest, upload: Upload) -> ImportRun:
    return lists.write_results(upload, lists.look_at_results(upload), by=request.actor)


def bookings_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    sheet = booking_lists.look_at(upload, by=request.actor)
    context = {
        "sheet": sheet,
        "problems": showing.problems(sheet.table.problems),
        "pupils": sum(row.group.pupils for row in sheet.rows),
    }
    return context, "portal/import_bookings.html"


def write_bookings(request: HttpRequest, upload: Upload) -> ImportRun:
    return booking_lists.write(upload, booking_lists.look_at(upload, by=request.actor), by=request.actor)


def sessions_page(request: HttpRequest, upload: Upload) -> tuple[dict[str, Any], str]:
    sheet = session_lists.look_at(upload, by=request.actor)
    return {"sheet": sheet, "problems": showing.problems(sheet.table.problems)}, "portal/import_sessions.html"


def write_sessions(request: HttpRequest, upload: Upload) -> ImportRun:
    return session_lists.write(upload, session_lists.look_at(upload, by=request.actor), by=request.actor)


PAGES: dict[str, Callable[[HttpRequest, Upload], tuple[dict[str, Any], str]]] = {
    Kind.ROSTER: roster_page,
    Kind.GROUPS: groups_page,
    Kind.CLUBS: clubs_page,
    Kind.VENUES: venues_page,
    Kind.SCHOOLS: schools_page,
    Kind.WHITELIST: whitelist_page,
    Kind.RESULTS: results_page,
    Kind.BOOKINGS: bookings_page,
    Kind.SESSIONS: sessions_page,
}
WRITERS: dict[str, Callable[[HttpRequest, Upload], ImportRun]] = {
    Kind.ROSTER: write_roster,
    Kind.GROUPS: write_groups,
    Kind.CLUBS: write_clubs,
    Kind.VENUES: write_venues,
    Kind.SCHOOLS: write_schools,
    Kind.WHITELIST: write_whitelist,
    Kind.RESULTS: write_results,
    Kind.BOOKINGS: write_bookings,
    Kind.SESSIONS: write_sessions,
}
