"""A report as files: PDF, XLSX and CSV in both languages, made anew from its document each time.

The same document and the same versions give the same bytes, whatever has happened in the database since.
"""

import hashlib
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.lib import documents, wording
from portal.lib.spreadsheets import writing
from portal.lib.spreadsheets.writing import Heading
from portal.reports import exports
from portal.reports.frozen import FULL, Frozen
from portal.reports.sheet import Line, in_groups

FILES = tuple(f"{language}.{kind}" for language in ("zh-hans", "en") for kind in ("pdf", "xlsx", "csv"))
TEMPLATE = "portal/pdf/term_report.typ"
HERE = Path(__file__).parent


@cache
def versions() -> dict[str, str]:
    """What the bytes of a file depend on besides the document."""
    lib = HERE.parent / "lib"
    code = [*sorted(HERE.glob("*.py")), *sorted(lib.glob("*.py")), *sorted(lib.glob("spreadsheets/*.py"))]
    words = [path for path in sorted((HERE.parents[1] / "locale").glob("*/LC_MESSAGES/django.mo")) if path.exists()]
    templates = [documents.ROOT / "pdf" / "head.typ", *sorted((documents.ROOT / "portal" / "pdf").iterdir())]
    return {
        "code": _digest([*code, *words]),
        "template": _digest(templates),
        "typst": documents.TYPST,
        "openpyxl": openpyxl.__version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]


def render(body: bytes | memoryview | None, name: str, cut: str = FULL) -> bytes:
    """One file (`zh-hans.pdf`, `en.csv` …) of the document, cut to one kind of reader. Asks no database."""
    language, kind = name.rsplit(".", 1)
    with translation.override(language):
        frozen = Frozen.of(body, cut)
        if kind == "pdf":
            return documents.pdf(TEMPLATE, printed(frozen), language=language)
        if kind == "xlsx":
            return writing.xlsx_bytes(
                _sheets(frozen), {pgettext("sheet", "Report"): (16, 28, 14, 11, 11, 11, 14, 14, 16, 60, 8, 22)}
            )
        return writing.csv_bytes(_report(frozen))


def code_shown(code: str) -> str:
    """4c1e 77b0 19d2 a90b: the beginning of a check code, as people compare it."""
    return " ".join(code[place : place + 4] for place in range(0, 16, 4))


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def _report(frozen: Frozen) -> exports.Rows:
    """The official dress: title, who reports, when; the figures; who seals, signs and answers; the check code."""
    head: exports.Rows = [
        [f"{frozen.title} {frozen.period}"],
        [_("Reported by (seal):"), frozen.bureau],
        [pgettext("report", "Number"), frozen.document["number"]],
        [_("Dates"), wording.span(frozen.day("starts_on"), frozen.as_of)],
        [
            pgettext("report", "Published"),
            date_format(wording.local(frozen.published_at), "DATE_FORMAT") if frozen.published_at else "",
        ],
        [],
    ]
    foot: exports.Rows = [
        [],
        [_("Person responsible (signature):")],
        [_("Contact:")],
        [_("Check code of the document"), frozen.code],
    ]
    return head + exports.figures(frozen.lines(), frozen.before) + foot


def _sheets(frozen: Frozen) -> dict[str, exports.Rows]:
    drawn = frozen.pictures
    sheets = {pgettext("sheet", "Report"): _report(frozen), pgettext("sheet", "Weeks"): _drawn(drawn["weeks"], frozen)}
    if drawn["forms"]:
        sheets[pgettext("sheet", "Forms")] = _drawn(drawn["forms"], frozen)
    if frozen.document["grades"]:
        heads = Heading([_("Grade"), _("Visits"), _("Pupils")])
        sheets[pgettext("sheet", "Grades")] = [heads, *frozen.document["grades"]]
    if frozen.shares:
        heads = Heading([_("Schools"), _("of pupils"), _("of visits"), pgettext("multiple", "Times")])
        sheets[pgettext("sheet", "Balance")] = [heads, *_balance(frozen)]
    return sheets


def _drawn(chart: dict[str, Any], frozen: Frozen) -> exports.Rows:
    heads = [chart["caption"], frozen.now, *([frozen.before] if chart["has_last"] else [])]
    return [
        Heading(heads),
        *([row.label, row.now, *([row.last] if chart["has_last"] else [])] for row in chart["rows"]),
    ]


def _balance(frozen: Frozen) -> list[list[Any]]:
    return [[str(share.label), *share.shown] for share in frozen.shares]


# --- PDF --------------------------------------------------------------------------------------------------------------


def printed(frozen: Frozen) -> dict[str, Any]:
    """What the Typst template prints, every string said in the active language."""
    drawn = frozen.pictures
    lines = frozen.lines()
    issued = timezone.localtime(frozen.published_at or frozen.drafted_at)
    return {
        "title": frozen.title,
        "subtitle": frozen.period,
        "issuer": frozen.bureau,
        "number": frozen.document["number"],
        "date": issued.date().isoformat(),
        "is_demo": frozen.document["is_demo"],
        "foot": _("Check code %(code)s. Made again from the same document, byte for byte the same. %(office)s, %(day)s")
        % {"code": code_shown(frozen.code), "office": frozen.bureau, "day": date_format(issued, "DATE_FORMAT")},
        "state": pgettext("report", "Published") if frozen.published_at else _("Draft, not published"),
        "lead": [
            date_format(issued, "DATE_FORMAT"),
            _("data until %(day)s") % {"day": date_format(frozen.as_of, "DATE_FORMAT")},
            _("check code %(code)s") % {"code": code_shown(frozen.code)},
        ],
        "summary": frozen.summary,
        "heads": [_("Figure"), frozen.now, _("Numerator / denominator"), frozen.before, pgettext("figure", "Change")],
        "has_before": frozen.has_before,
        "groups": [{"name": name, "rows": [_printed_row(line) for line in group]} for name, group in in_groups(lines)],
        "corrections": [
            _("%(name)s: the last report said %(then)s, the same days now give %(now)s.")
            % {"name": line.figure.name, "then": line.corrected, "now": line.shown_before}
            for line in lines
            if line.corrected
        ],
        "corrections_title": _("Changed since the last report"),
        "note": _("0 is a count of zero, — does not apply, “not collected” was never entered."),
        "charts": [
            {
                "title": chart["caption"],
                "svg": render_to_string(f"portal/pdf/{kind}.svg", {"chart": chart}),
                "alt": _told(chart),
                "heads": ["", *(row.label for row in chart["rows"])],
                "rows": _chart_rows(chart, frozen),
            }
            for kind, chart in (("lines", drawn["weeks"]), ("bars", drawn["forms"]))
            if chart
        ],
        "legend": [frozen.now, frozen.before],
        "grades": {
            "title": _("Pupils by grade, by rosters"),
            "heads": [_("Grade"), _("Visits"), _("Pupils")],
            "rows": [[wording.number(number) for number in row] for row in frozen.document["grades"]],
        },
        "promises": {
            "title": _("Commitments"),
            "heads": [_("Commitment"), _("Promised"), _("Reserved"), _("Delivered")],
            "rows": [
                [promise.label, *map(wording.number, (promise.promised, promise.reserved, promise.delivered))]
                for promise in frozen.promises
            ],
        },
        "balance": {
            "title": _("Balance: share of visits against share of pupils"),
            "heads": [_("Schools"), _("of pupils"), _("of visits"), pgettext("multiple", "Times")],
            "rows": _balance(frozen),
        },
        "definitions": {
            "title": _("Definitions"),
            "heads": [_("Figure"), _("Definition"), pgettext("figure", "Duty")],
            "rows": [[str(line.figure.name), _defined(line), line.figure.answers] for line in lines],
        },
        "who": _("Reported by (seal):"),
        "signers": [_("Person responsible (signature):"), _("Contact:")],
    }


def _printed_row(line: Line) -> list[str]:
    return [str(line.figure.name), line.shown, line.basis, line.shown_before, line.change]


def _defined(line: Line) -> str:
    """The definition, and for a share what stands above and below its line."""
    words = line.figure
    if not words.numerator:
        return str(words.definition)
    facts = {"definition": words.definition, "numerator": words.numerator, "denominator": words.denominator}
    return _("%(definition)s Numerator: %(numerator)s. Denominator: %(denominator)s.") % facts


def _told(chart: dict[str, Any]) -> str:
    """What a chart shows, for who can't see it; the numbers stand in the table below."""
    return _("%(caption)s (%(unit)s): the table below holds the numbers.") % chart


def _chart_rows(chart: dict[str, Any], frozen: Frozen) -> list[list[str]]:
    rows = [[frozen.now, *(wording.number(row.now) for row in chart["rows"])]]
    if chart["has_last"]:
        rows.append([frozen.before, *(wording.number(row.last) for row in chart["rows"])])
    return rows
