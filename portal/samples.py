"""Examples of the roof's documents, for `make shots`."""

from typing import Any

from django.utils.translation import gettext as _

from portal.lib import documents
from portal.models import Report
from portal.reports import rendering
from portal.reports.frozen import Frozen


@documents.sample("head")
def head() -> tuple[str, dict[str, Any]]:
    """Every part of the shared head once."""
    return "pdf/sample.typ", {
        "title": _("School–venue partnership portal"),
        "date": "2026-11-22",
        "foot": _("Demo data, no real situation"),
        "facts": [[_("School"), "楼村小学"]],
        "heading": _("Figures"),
        "heads": [_("Figure"), _("This term"), _("Last term")],
        "rows": [[_("Pupil visits"), "28,306", "24,910"]],
        "who": _("Reported by (seal):"),
        "signers": [_("Person responsible (signature):"), _("Contact:")],
        "qr": documents.qr("https://example.invalid/"),
    }


@documents.sample("term-report")
def term_report() -> tuple[str, dict[str, Any]] | None:
    """The newest published report of a district."""
    report = Report.objects.published().filter(organisation__isnull=True).order_by("-published_at").first()
    return (rendering.TEMPLATE, rendering.printed(Frozen.of(report.document))) if report else None
