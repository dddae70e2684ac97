"""The canonical document of a report: every figure with its words in both languages, its values, and the ids of its rows.

Everything that a page, PDF, XLSX or CSV of the report shows comes from this document and from nothing else.
"""

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format

from partnerships.models import Commitment
from people import thresholds
from people.models import Organisation
from portal.lib import clock
from portal.models import Report
from portal.reports import breakdown, equity, rows, sheet, worth
from portal.reports.catalogue import figures_for
from portal.reports.figure import WITHOUT_FLAG, Figure, Value
from portal.reports.scope import Scope

LANGUAGES = ("zh-hans", "en")
Document = dict[str, Any]
Said = dict[str, str]


def both(words: Any) -> Said:
    """Words in both languages; a function is asked once in each."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = str(words() if callable(words) else words)
    return said


def body_of(document: Document) -> bytes:
    """The one way in which a document is written: the same content is the same bytes."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(body: bytes | memoryview | None) -> Document:
    assert body is not None  # drafted: a constraint of the report
    return json.loads(bytes(body))


def check_code(body: bytes | memoryview) -> str:
    return hashlib.sha256(body).hexdigest()


# --- whose, and when --------------------------------------------------------------------------------------------------


def scope_of(report: Report, counted_until: dt.date | None = None) -> Scope:
    """What a report counts. A venue's report to a district counts the groups of that district alone."""
    whose = report.organisation
    return Scope(
        report.starts_on,
        report.ends_on,
        district_id=report.district_id,
        school_id=whose.pk if whose and whose.kind == Organisation.Kind.SCHOOL else None,
        venue_id=whose.pk if whose and whose.kind == Organisation.Kind.VENUE else None,
        counted_until=counted_until,
    )


def scope_before(report: Report, scope: Scope) -> Scope | None:
    """The same over the term before, or the month before."""
    if report.term and report.kind == Report.Kind.TERM:
        earlier = sheet.term_before(report.term)
        return scope.over(earlier) if earlier else None
    month = relativedelta(months=1)
    return Scope(
        scope.starts_on - month,
        scope.ends_on - month,
        scope.district_id,
        scope.school_id,
        scope.venue_id,
    )


def reported_before(report: Report, before: Scope | None) -> dict[str, Value]:
    """What the published report of the days before said, figure by figure."""
    if before is None:
        return {}
    same = Report.objects.published().filter(district=report.district_id, organisation=report.organisation_id)
    last = (
        same.filter(kind=report.kind, starts_on=before.starts_on, ends_on=before.ends_on).order_by("-version").first()
    )
    return {entry["code"]: value_of(entry["value"]) for entry in read(last.document)["figures"]} if last else {}


def period(report: Report) -> str:
    """2026—2027学年第一学期; of a month: 2026年11月."""
    if report.term and report.kind == Report.Kind.TERM:
        return report.term.name
    return date_format(report.last_day, "YEAR_MONTH_FORMAT")


# --- values and rows --------------------------------------------------------------------------------------------------


def written(value: Value | None) -> list[Any] | None:
    """A value as JSON keeps it: the number as text, so that nothing is rounded."""
    if value is None:
        return None
    return [None if value.number is None else format(Decimal(value.number).normalize(), "f"), value.denominator]


def value_of(kept: list[Any]) -> Value:
    number, denominator = kept
    return Value(None if number is None else Decimal(number), denominator)


def fingerprint(facts: Iterable[Any]) -> int:
    """A short sum over the columns that a figure rests on: another one means that the row has changed."""
    return zlib.crc32("|".join(str(fact) for fact in facts).encode())


def marked(counted: str, behind: QuerySet) -> list[tuple[Any, int]]:
    """The keys of rows in their order, each with its fingerprint."""
    found = behind.order_by("pk").values_list("pk", *rows.SHAPES[counted].facts)
    return [(key, fingerprint(facts)) for key, *facts in found]


def figures_of(report: Report, scope: Scope) -> list[Figure]:
    """The whole catalogue; in a monthly report the columns that the district chose."""
    found = figures_for(scope.kind)
    if report.kind == Report.Kind.TERM:
        return found
    chosen = thresholds.of(report.district_id, on=report.last_day)["report_monthly_columns"]
    return [figure for figure in found if figure.code in chosen]


def build(report: Report, *, tick: Callable[[int, int], None] = lambda done, whole: None) -> Document:
    """Count everything for a report as it is now; `tick` hears how many figures of how many are done."""
    scope = scope_of(report)
    scope = scope_of(report, scope.as_of)
    before = scope_before(report, scope)
    reported = reported_before(report, before)
    wanted = figures_of(report, scope)
    tick(0, len(wanted))
    figures, sets = [], {}
    for done, figure in enumerate(wanted, start=1):
        value = figure.value(scope)
        if sheet.is_asked(figure, value):
            counted, behind = rows.evidence(figure, scope)
            found = marked(counted, behind)
            content = {
                "counted": counted,
                "ids": [key for key, _mark in found],
                "marks": [mark for _key, mark in found],
            }
            key = hashlib.sha256(body_of(content)).hexdigest()[:12]
            sets[key] = content
            last = figure.value(before) if before else None
            figures.append(_entry(figure, value, last, reported.get(figure.code)) | {"rows": key})
        tick(done, len(wanted))
    return _frame(report, scope) | {"figures": figures, "rows": sets} | _pictures(scope, before)


def _entry(figure: Figure, value: Value, before: Value | None, reported: Value | None) -> Document:
    words = ("group", "name", "definition", "unit", "sentence", "numerator", "denominator")
    return {
        "code": figure.code,
        "answers": figure.answers,
        "is_money": figure.is_money,
        "hidden_from": sorted(figure.hidden_from),
        "words": {word: both(getattr(figure, word)) for word in words},
        "value": written(value),
        "before": written(before),
        "reported": written(reported),
    }


def _frame(report: Report, scope: Scope) -> Document:
    bureau = Organisation.objects.filter(district=report.district_id, kind=Organisation.Kind.BUREAU).first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot = cursor.fetchone()[0]
    return {
        "format": 1,
        "number": report.number,
        "kind": report.kind,
        "version": report.version,
        "scope": scope.kind,
        "whose": both(lambda: report.whose.name),
        "bureau": both(lambda: bureau.name if bureau else report.district.name),
        "period": both(lambda: period(report)),
        "starts_on": scope.starts_on.isoformat(),
        "last_day": report.last_day.isoformat(),
        "as_of": scope.as_of.isoformat(),
        "drafted_at": clock.now().isoformat(),
        "watermark": snapshot,
        "is_demo": settings.DEMO,
        "published": None,
    }


def _pictures(scope: Scope, before: Scope | None) -> Document:
    """What is drawn: weeks, forms, grades, promises, and the balance between schools."""

    def forms(of: Scope) -> list[list[Any]]:
        return [[both(lambda form=form: breakdown.form_label(form)), n] for form, n in breakdown.by_form(of)]

    return {
        "weeks": [n for _monday, n in breakdown.by_week(scope)],
        "last_weeks": [n for _monday, n in breakdown.by_week(before)] if before else None,
        "forms": forms(scope),
        "last_forms": forms(before) if before else None,
        "grades": [[row.grade, row.visits, row.pupils] for row in breakdown.by_grade(scope)],
        "promises": [
            [both(Commitment.Kind(row.kind).label), row.promised, row.reserved, row.delivered]
            for row in worth.promises(scope)
        ],
        "shares": [
            {
                "label": both(share.label),
                "pupils": written(share.pupils),
                "visits": written(share.visits),
                "hidden_from": sorted(WITHOUT_FLAG) if share.is_flag else [],
            }
            for share in (equity.shares(scope) if scope.kind == "district" else ())
        ],
    }
