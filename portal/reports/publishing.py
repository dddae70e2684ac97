"""Answering a draft and publishing it: from then on its document, its check codes and its files stay as they are."""

import datetime as dt
import zlib

from django.utils.translation import gettext_lazy as _

from people import audit, notices
from people.access import require
from people.actors import Actor
from people.roles import GRANTS, Permission, Role
from people.workflow import SENTENCES, move, verb
from portal.lib import clock, wording
from portal.lib.errors import Refused, free_text
from portal.models import Rendering, Report, ReportComment
from portal.reports import document, rendering
from portal.reports.figure import CLIENT
from portal.reports.frozen import cut_of

READERS = (*(role.value for role, granted in GRANTS.items() if Permission.REPORT_SEE in granted), CLIENT)


@verb
def answer(report: Report, *, by: Actor, verdict: str, text: str = "") -> ReportComment:
    """The school's answer to the draft of its report, within the days given; more than one may be added."""
    require(by, Permission.REPORT_COMMENT, report)
    if report.state not in (Report.State.TO_CHECK, Report.State.COMMENTED) or not report.comments_until:
        raise Refused("report_not_open", _("This report is not open for answers."))
    if report.comments_until < clock.today():
        raise Refused(
            "report_answer_late", _("Answers were possible until %(day)s."), day=wording.day(report.comments_until)
        )
    comment = ReportComment.objects.create(
        report=report,
        school_id=report.organisation_id,
        verdict=verdict,
        text=free_text(text),
        made_at=clock.now(),
        made_by=by.user,
    )
    if report.state == Report.State.TO_CHECK:
        move(report, "answer", by=by)
    else:
        audit.record("report.answer", report, by=by, verdict=verdict)
    notices.send(
        "report.answered",
        to=notices.officers(report.district_id),
        subject=f"report:{report.pk}",
        path=f"/reports/{report.pk}/",
        due_slot=str(comment.pk),
        facts={"school": report.whose.name, "number": report.number},
    )
    return comment


def waits_for(report: Report) -> dt.date | None:
    """The day up to which schools may still answer before this report is published; None when nobody is waited for.

    A school's report waits for its own answer, the district's for those of all its schools.
    """
    same = Report.objects.filter(kind=report.kind, starts_on=report.starts_on, ends_on=report.ends_on)
    own = same.filter(pk=report.pk) if report.organisation_id else same.filter(district=report.district_id)
    waiting = own.awaiting_answer().order_by("-comments_until").first()
    return waiting.comments_until if waiting else None


def publish(report: Report, *, by: Actor) -> Report:
    """Freeze the report: its document, and the SHA-256 of each file for each kind of reader.

    The files are made first, outside of any transaction; they are kept away for the day on which an upgrade changes
    the bytes, and read for nothing else.
    """
    require(by, Permission.REPORT_PUBLISH, report)
    if report.state not in (Report.State.TO_CHECK, Report.State.COMMENTED):
        raise Refused("report_not_drafted", _("Only a drafted report is published."))
    if report.comments.filter(made_by=by.user).exists():
        raise Refused("report_two_people", SENTENCES["report_two_people"])
    if day := waits_for(report):
        raise Refused(
            "report_waits",
            _("Schools may answer until %(day)s. Publish it then, or when all have answered."),
            day=wording.day(day),
        )
    at = clock.now()
    content = document.read(report.document)
    content["published"] = {"at": at.isoformat()}
    body = document.body_of(content)
    cuts = sorted({cut_of(reader, content) for reader in READERS})
    files = {(cut, name): rendering.render(body, name, cut) for cut in cuts for name in rendering.FILES}
    return _publish(report, by=by, at=at, body=body, files=files)


@verb
def _publish(report: Report, *, by: Actor, at: dt.datetime, body: bytes, files: dict[tuple[str, str], bytes]) -> Report:
    move(
        report,
        "publish",
        by=by,
        document=body,
        sha256=document.check_code(body),
        versions=rendering.versions(),
        published_at=at,
        published_by=by.user,
    )
    Rendering.objects.bulk_create(
        Rendering(report=report, cut=cut, name=name, sha256=document.check_code(made), packed=zlib.compress(made, 9))
        for (cut, name), made in files.items()
    )
    readers = notices.members(report.organisation_id, *WHO_READS) if report.organisation_id else []
    notices.send(
        "report.published",
        to=readers,
        subject=f"report:{report.pk}",
        path=f"/reports/{report.pk}/",
        facts={"number": report.number},
    )
    return report


WHO_READS = (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.VENUE_LEAD)


def differing(report: Report, cut: str) -> list[Rendering]:
    """Files whose bytes an upgrade has changed since publishing: these are handed out as they were, beside the new ones.

    With the versions of that day nothing is made to compare: the bytes are the same.
    """
    if not report.is_published or report.versions == rendering.versions():
        return []
    kept = report.renderings.filter(cut=cut).defer("packed")
    return [row for row in kept if document.check_code(rendering.render(report.document, row.name, cut)) != row.sha256]
