"""Figures as CSV and XLSX, from the same lines as the page."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.lib import wording
from portal.lib.spreadsheets import writing
from portal.reports.scope import Scope
from portal.reports.sheet import Line

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(title: str, scope: Scope, found: Iterable[Line]) -> list[list[object]]:
    """Title, span and day, then one row a figure; at the foot who fills in, signs and answers (official dress)."""
    rows: list[list[object]] = [
        [title],
        [_("Dates"), wording.span(scope.starts_on, scope.as_of)],
        [],
        [
            _("Kind"),
            _("Figure"),
            _("Value"),
            _("Numerator"),
            _("Denominator"),
            _("Unit"),
            _("Last term"),
            _("Definition"),
        ],
    ]
    for line in found:
        share = line.value.denominator is not None
        rows.append(
            [
                str(line.figure.group),
                str(line.figure.name),
                line.shown,
                line.value.number if share else "",
                line.value.denominator if share else "",
                str(line.figure.unit),
                line.shown_before,
                str(line.figure.definition),
            ]
        )
    rows += [[], [_("Reported by (seal):")], [_("Person responsible (signature):")], [_("Contact:")]]
    return rows


def answer(kind: str, name: str, title: str, rows: list[list[object]]) -> HttpResponse:
    """The file as a download."""
    if kind == "csv":
        response = HttpResponse(writing.csv_bytes(rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(writing.xlsx_bytes({title[:28]: rows}), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
