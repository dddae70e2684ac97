"""Drafting reports 生成报告: planned by the calendar or asked for by the bureau, counted by a worker, shown to be checked.

Every step may run twice, late or beside itself: planning is a unique key, a claim a conditional update with a lease.
"""

import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from partnerships import calendar
from partnerships.models import Listing, School, Term
from people import audit, notices, thresholds
from people.access import require
from people.actors import SYSTEM, Actor
from people.models import District, Organisation
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock, keys
from portal.lib.doorbell import ring
from portal.lib.errors import Refused
from portal.models import Report
from portal.models.report import SHOWN
from portal.reports import document
from portal.reports.scope import instant

LEASE = dt.timedelta(minutes=10)
LATE = dt.timedelta(days=60)  # a term that ended longer ago is drafted only when somebody asks


# --- planning ---------------------------------------------------------------------------------------------------------


@verb
def plan_term(term: Term, *, by: Actor, of: Container[int] | None = None) -> int:
    """Plan the reports of a term: of the district, of each school, of each listed venue; with `of` of these
    organisations only. Returns how many are new."""
    require(by, Permission.REPORT_DRAFT, term)
    if term.starts_on > clock.today():
        raise Refused("report_too_early", _("This term has not begun yet."))
    schools = School.objects.filter(organisation__district=term.district_id).values_list("pk", flat=True)
    venues = (
        Listing.objects.listed()
        .filter(district=term.district_id, organisation__kind=Organisation.Kind.VENUE)
        .values_list("organisation", flat=True)
    )
    found = [
        Report(
            district_id=term.district_id,
            organisation_id=whose,
            term=term,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            asked_at=clock.now(),
            asked_by=by.user,
        )
        for whose in (None, *schools, *venues)
        if whose is None or of is None or whose in of
    ]
    return _plan(found, term.district, by=by)


@verb
def plan_month(district: District, last_day: dt.date, *, by: Actor) -> int:
    """Plan the monthly report of a district: the month up to and including `last_day`."""
    require(by, Permission.REPORT_DRAFT, district)
    ends_on = last_day + dt.timedelta(days=1)
    term = Term.objects.filter(district=district).on(last_day).first()
    report = Report(
        district=district,
        term=term,
        kind=Report.Kind.MONTHLY,
        starts_on=ends_on - relativedelta(months=1),
        ends_on=ends_on,
        asked_at=clock.now(),
        asked_by=by.user,
    )
    return _plan([report], district, by=by)


def _plan(reports: Iterable[Report], district: District, *, by: Actor) -> int:
    """Write those of version 1 that are not there yet, and wake a worker for what waits."""
    before = set(Report.objects.filter(district=district).values_list("pk", flat=True))
    Report.objects.bulk_create(reports, ignore_conflicts=True)
    new = Report.objects.filter(district=district).exclude(pk__in=before)
    for report in new:
        ring("portal.draft_report", report.pk)
    if count := len(new):
        audit.record("report.plan", district, by=by, count=count)
    return count


def plan_due() -> int:
    """What the calendar asks for: reports of terms that have ended, and of the last month. Returns how many are new."""
    today, count = clock.today(), 0
    for term in Term.objects.filter(ends_on__lte=today, ends_on__gt=today - LATE).select_related("district"):
        count += plan_term(term, by=SYSTEM)
        for report in drafted_too_early(term):
            again(report, by=SYSTEM)
            count += 1
    for district in District.objects.filter(terms__starts_on__lte=today).distinct():
        count += plan_month(district, last_month_end(district, today), by=SYSTEM)
    return count


def drafted_too_early(term: Term) -> list[Report]:
    """The newest reports of a term that were drafted, on somebody's wish, while it was still running."""
    own = Report.objects.filter(term=term, kind=Report.Kind.TERM).with_names().order_by("version")
    newest = {report.organisation_id: report for report in own}.values()
    end = instant(term.ends_on)
    return [report for report in newest if report.state in SHOWN and report.drafted_at < end]


def last_month_end(district: District, today: dt.date) -> dt.date:
    """The last day up to which a monthly report counts that is over: the 20th by default."""
    until = thresholds.of(district.pk, on=today)["report_monthly_until"]
    this = today.replace(day=until)
    return this if this < today else this - relativedelta(months=1)


@verb
def again(report: Report, *, by: Actor) -> Report:
    """Draft it anew: a draft as the same version, a published report as the next one. Returns the report to come."""
    require(by, Permission.REPORT_DRAFT, report)
    fresh = {"done": 0, "attempts": 0, "asked_at": clock.now(), "asked_by": by.user}
    if not report.is_published:
        move(report, "again", by=by, **fresh)
        ring("portal.draft_report", report.pk)
        return report
    same = {
        name: getattr(report, name) for name in ("district", "organisation", "term", "kind", "starts_on", "ends_on")
    }
    made = Report.objects.create(**same, **fresh, version=report.version + 1)
    audit.record("report.plan", made, by=by, version=made.version)
    ring("portal.draft_report", made.pk)
    return made


# --- drafting ---------------------------------------------------------------------------------------------------------


def waiting() -> int:
    """How many reports wait to be drafted."""
    return Report.objects.due().count()


def draft_due() -> int:
    """Draft everything that waits; returns how many were drafted."""
    return sum(draft(pk) for pk in Report.objects.due().order_by("pk").values_list("pk", flat=True))


def draft(pk: int) -> bool:
    """Draft one report, if it waits and nobody else is at it. An error leaves it to the next run, three times in all."""
    report = _claim(pk)
    if report is None:
        return False
    try:
        with one_snapshot(report) as tick:
            made = document.build(report, tick=tick)
    except Exception:
        Report.objects.filter(pk=pk, lease=report.lease).update(leased_until=clock.now())
        raise
    return _finish(report, made)


@verb
def _claim(pk: int) -> Report | None:
    """Take a waiting report, or one whose worker has died; None when there is nothing to take."""
    report = Report.objects.due().with_names().select_for_update(of=("self",)).filter(pk=pk).first()
    if report is None:
        return None
    lease = {
        "lease": keys.fresh(),
        "leased_until": clock.now() + LEASE,
        "attempts": report.attempts + 1,
        "done": 0,
    }
    if report.state == Report.State.SCHEDULED:
        move(report, "start", by=SYSTEM, **lease)
    else:
        Report.objects.filter(pk=pk).update(**lease)
        for name, value in lease.items():
            setattr(report, name, value)
    return report


@contextmanager
def one_snapshot(report: Report) -> Iterator[Callable[[int, int], None]]:
    """Count everything in one snapshot of the database, and tell the progress beside it, on a connection of its own.

    Inside a transaction (a test, the seed) both happen there: it holds one state anyhow.
    """
    if connection.in_atomic_block:
        yield lambda done, whole: _tell(connection, report, done, whole)
        return
    beside = connection.copy()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield lambda done, whole: _tell(beside, report, done, whole)
    finally:
        beside.close()


def _tell(on, report: Report, done: int, whole: int) -> None:
    """So far `done` figures of `whole`; also says that the worker is alive."""
    with on.cursor() as cursor:
        cursor.execute(
            "UPDATE portal_report SET done = %s, whole = %s, leased_until = %s WHERE id = %s AND lease = %s",
            [done, whole, clock.now() + LEASE, report.pk, report.lease],
        )


@verb
def _finish(report: Report, made: document.Document) -> bool:
    """Show the draft to those who check it; False when another worker has taken over."""
    held = Report.objects.with_names().select_for_update(of=("self",)).filter(pk=report.pk, lease=report.lease).first()
    if held is None or held.state != Report.State.DRAFTING:
        return False
    move(
        held,
        "finish",
        by=SYSTEM,
        document=document.body_of(made),
        watermark=made["watermark"],
        drafted_at=dt.datetime.fromisoformat(made["drafted_at"]),
        comments_until=held.comments_until or answers_until(held),
        lease=None,
        leased_until=None,
        attempts=0,
    )
    _tell_readers(held)
    return True


def answers_until(report: Report) -> dt.date | None:
    """The last day on which a school answers; None for reports that no school answers."""
    if report.organisation is None or report.organisation.kind != Organisation.Kind.SCHOOL:
        return None
    days = thresholds.of(report.district_id)["report_comment_days"]
    if not days:
        return None
    try:
        return calendar.working_day_after(report.district_id, clock.today(), days)
    except Refused:  # the calendar of the district ends with the term
        return clock.today() + dt.timedelta(days=days)


def _tell_readers(report: Report) -> None:
    facts = {"number": report.number, "until": report.comments_until.isoformat() if report.comments_until else ""}
    about: dict[str, Any] = {
        "subject": f"report:{report.pk}",
        "path": f"/reports/{report.pk}/",
        "due_slot": str(report.drafted_at),
    }
    if report.comments_until and report.organisation:
        leads = notices.members(report.organisation.pk, Role.SCHOOL_LEAD)
        notices.send("report.to_answer", to=leads, facts=facts, **about)
    elif report.organisation is None:
        notices.send("report.drafted", to=notices.officers(report.district_id), facts=facts, **about)
