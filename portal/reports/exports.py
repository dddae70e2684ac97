"""Figures as rows of CSV and XLSX, live or frozen, in the official dress."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.lib import wording
from portal.lib.spreadsheets import writing
from portal.lib.spreadsheets.writing import Heading
from portal.reports.scope import Scope
from portal.reports.sheet import Line

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"pdf": "application/pdf", "xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
Rows = list[list[object]]


def table(title: str, scope: Scope, found: Iterable[Line]) -> Rows:
    """Live figures: title, span and day, one row a figure; at the foot who fills in, signs and answers."""
    head: Rows = [[title], [_("Dates"), wording.span(scope.starts_on, scope.as_of)], []]
    return head + figures(list(found), _("Last term")) + signatures()


def figures(found: list[Line], before: str) -> Rows:
    """One row a figure, numbers as numbers; `before` is what the column of the time before is called."""
    heads = [
        _("Kind"), _("Figure"), _("Value"), _("Numerator"), _("Denominator"), _("Unit"), before,
        pgettext("figure", "Change"), _("Changed since"), _("Definition"), pgettext("figure", "Duty"), pgettext("figure", "Code"),
    ]  # fmt: skip
    return [Heading(heads), *(_row(line) for line in found)]


def _row(line: Line) -> list[object]:
    share = line.value.denominator is not None
    return [
        str(line.figure.group),
        str(line.figure.name),
        line.shown,
        line.value.number if share else "",
        line.value.denominator if share else "",
        str(line.figure.unit),
        line.shown_before,
        line.change,
        line.corrected,
        str(line.figure.definition),
        line.figure.answers,
        line.figure.code,
    ]


def signatures() -> Rows:
    return [[], [_("Reported by (seal):")], [_("Person responsible (signature):")], [_("Contact:")]]


def answer(kind: str, name: str, title: str, rows: Rows) -> HttpResponse:
    """Live figures as a download."""
    if kind == "csv":
        return download(writing.csv_bytes(rows), f"{name}.csv")
    return download(writing.xlsx_bytes({title[:28]: rows}), f"{name}.xlsx")


def download(content: bytes, name: str) -> HttpResponse:
    """A file by its name; the ending says what it is."""
    response = HttpResponse(content, content_type=TYPES[name.rsplit(".", 1)[1]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
