"""Certificates and record sheets on paper: the frozen content said in one language, with the QR of the public page."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from credits.models import Certificate
from partnerships.models import SchoolClass
from portal.lib import documents, wording


@dataclass(frozen=True)
class Line:
    """One activity of a record sheet."""

    day: dt.date
    activity: str
    given_by: str
    proof: str
    rule: str
    points: int
    posting: int
    hash: str


@dataclass(frozen=True)
class KindLine:
    name: str
    times: int
    points: int
    rules: list[str]


@dataclass(frozen=True)
class Said:
    """The content in the reader's language. Points in thousandths."""

    school: str
    district: str
    points: int
    kinds: list[KindLine]
    lines: list[Line]
    stage: str = ""
    level: int | None = None
    target: int | None = None
    school_year: int | None = None


def said(certificate: Certificate) -> Said:
    """What a page or a document shows of the frozen content."""
    content = certificate.content
    key = "zh" if wording.reads_chinese() else "en"
    return Said(
        school=content["school"][key],
        district=content["district"][key],
        points=content["points"],
        kinds=[KindLine(kind[key], kind["times"], kind["points"], kind["rules"]) for kind in content["kinds"]],
        lines=[
            Line(
                dt.date.fromisoformat(line["day"]),
                line["activity"][key],
                line["given_by"][key],
                line["proof"][key],
                line["rule"],
                line["points"],
                line["posting"],
                line["hash"],
            )
            for line in content.get("lines", [])
        ],
        stage=str(SchoolClass.Stage(content["stage"]).label) if "stage" in content else "",
        level=content.get("level"),
        target=content.get("target"),
        school_year=content.get("school_year"),
    )


def certificates(
    told: Sequence[tuple[Certificate, str]], address: Callable[[Certificate], str], *, language: str
) -> bytes:
    """One PDF of many: each certificate with the pupil's name as given, in this order."""
    template, data = document(told, address, language=language)
    return documents.pdf(template, data, language=language)


def document(
    told: Sequence[tuple[Certificate, str]], address: Callable[[Certificate], str], *, language: str
) -> tuple[str, dict[str, Any]]:
    """Template and data: record sheets and certificates are not mixed in one file."""
    first = told[0][0]
    with translation.override(language):
        sheets = [_sheet(one, name, address(one)) for one, name in told]
        data = {
            "title": _("Science practice record") if first.is_sheet else _("Certificate of science practice"),
            "date": max(wording.local(one.issued_at) for one, _name in told).strftime("%Y-%m-%d"),
            "issuer": said(first).school,
            "sheets": sheets,
            "words": _words(),
        }
    return f"credits/pdf/{'record' if first.is_sheet else 'certificate'}.typ", data


def _sheet(certificate: Certificate, name: str, address: str) -> dict[str, Any]:
    content = said(certificate)
    points = wording.points(content.points)
    return {
        "name": name or certificate.account.student.pseudonym,
        "school": content.school,
        "district": content.district,
        "points": points,
        "sentence": _sentence(content, points),
        "of": _about(content),
        "kinds": [
            [kind.name, str(kind.times), wording.points(kind.points), wording.listed(kind.rules)]
            for kind in content.kinds
        ],
        "lines": [
            [
                wording.day(line.day, year=True), line.activity, line.given_by, line.proof, line.rule,
                wording.points(line.points), str(line.posting),
            ]
            for line in content.lines
        ],
        "issued": wording.day(certificate.issued_at, year=True),
        "code": certificate.code,
        "digest": bytes(certificate.sha256).hex(),
        "address": address,
        "qr": documents.qr(address),
    }  # fmt: skip


def _sentence(content: Said, points: str) -> str:
    if content.level is None:
        return ""
    return _(
        "has earned %(points)s points of the science-practice credits of %(district)s in %(stage)s school, "
        "and so reached %(level)s%% of the target of %(target)s points."
    ) % {
        "points": points,
        "district": content.district,
        "stage": content.stage,
        "level": content.level,
        "target": wording.points(content.target),
    }


def _about(content: Said) -> str:
    if content.school_year is None:
        return content.stage
    return _("%(year)s–%(next)s school year") % {"year": content.school_year, "next": content.school_year + 1}


def _words() -> dict[str, Any]:
    return {
        "kinds": [_("Kind"), _("Times"), _("Points"), _("Rule")],
        "lines": [_("Date"), _("Content"), _("Given by"), _("Evidence"), _("Rule"), _("Points"), _("Posting")],
        "by_kind": _("By kind"),
        "entries": _("Entry by entry"),
        "points": _("points"),
        "issued": _("Issued"),
        "code": _("Certificate code"),
        "digest": _("SHA-256 of the content"),
        "verify": _("Scan the code to read the content. Where paper and page differ, the page holds."),
        "only_final": _("Only entries that were published and became final are shown."),
        "sentence": _("For pupils' growth records only; never a basis for admission."),
        "principal": _("Head of the school (signature)"),
    }


def qr_uri(address: str) -> str:
    """The QR code as an image for a page."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)
