"""Examples of the roof's documents, for `make shots`."""

from typing import Any

from django.utils.translation import gettext as _

from portal.lib import documents


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
