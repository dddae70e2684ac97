"""What a version says beside its text, in the reader's language, and what it changes against the version before."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partnerships import agreement_versions, texts
from partnerships.models import Agreement, AgreementVersion, Commitment, Term
from partnerships.models.agreement_party import ORDINALS
from portal.lib import wording

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """One line: what it is about, and what the version says of it; empty where it says nothing."""

    about: str
    words: str


@dataclass(frozen=True)
class Difference:
    about: str
    was: str
    is_now: str


def content_of(version: AgreementVersion) -> dict[str, Any]:
    """What the version says as plain data: frozen as its bytes tell it, else as it stands."""
    if version.body is not None:
        return json.loads(bytes(version.body))
    terms = version.terms or agreement_versions.kept(agreement_versions.terms_of(version), version.agreement)
    return texts.content(version, terms)


def said(version: AgreementVersion, *, names: bool = True) -> list[Said]:
    """Title, sides, witness, areas, dates, promises and annexes of a version, line by line; persons only with `names`."""
    content = content_of(version)
    lines = [Said(_("Title"), content["title"])]
    lines += [
        Said(seat(ordinal), joined([name, code, *(rest if names else [])]))
        for ordinal, name, code, *rest in content["parties"]
    ]
    lines.append(Said(_("Convener (witness)"), content["witness"]))
    lines.append(
        Said(_("Cooperation areas"), wording.listed([str(Agreement.Area(area).label) for area in content["areas"]]))
    )
    lines.append(Said(_("Runs"), wording.span(day(content["first_day"]), day(content["last_day"]))))
    halves = term_names(version.agreement.district_id)
    lines += [Said(*promise(row, halves)) for row in content["commitments"]]
    lines += [
        Said(_("Annex %(n)s") % {"n": position}, title)
        for position, (title, _digest) in enumerate(content.get("annexes", []), start=1)
    ]
    if content["scan_sha256"]:
        lines.append(
            Said(pgettext("document", "File"), version.scan.file_name if version.scan else content["scan_sha256"][:12])
        )
    return [line for line in lines if line.words]


def differences(version: AgreementVersion, before: AgreementVersion | None) -> list[Difference]:
    """What this version changes beside the text, in the order of the version; what it leaves out comes last."""
    if before is None:
        return []
    was, is_now = _by_name(said(before)), _by_name(said(version))
    return [
        Difference(about, was.get(about, ""), is_now.get(about, ""))
        for about in dict.fromkeys([*is_now, *was])
        if was.get(about) != is_now.get(about)
    ]


def _by_name(lines: list[Said]) -> dict[str, str]:
    return {line.about: line.words for line in lines}


def joined(parts: list[str]) -> str:
    return ("，" if wording.reads_chinese() else ", ").join(part for part in parts if part)


def day(iso: str) -> dt.date:
    return dt.date.fromisoformat(iso)


def term_names(district_id: int) -> dict[str, str]:
    """2026-1 → the term's name in the reader's language."""
    return {agreement_versions.half_of(term): term.name for term in Term.objects.filter(district_id=district_id)}


def promise(row: list[Any], names: dict[str, str]) -> tuple[str, str]:
    """(乙方，2026—2027学年第一学期，visits of groups, "at most 16")."""
    what, number = amount(row)
    return joined([seat(row[0]), names.get(row[1], row[1]), what]), number


def seat(ordinal: str) -> str:
    """甲方 in the reader's language: Party A."""
    place = ORDINALS.find(ordinal[0])
    if wording.reads_chinese() or place < 0:
        return ordinal
    return _("Party %(letter)s") % {"letter": chr(ord("A") + place)}


def amount(row: list[Any]) -> tuple[str, str]:
    """What is promised and how much, without saying party and term."""
    _ordinal, _half, kind, promised, is_ceiling = row
    number = wording.number(promised)
    return str(Commitment.Kind(kind).label), pgettext("promise", "at most %(n)s") % {
        "n": number
    } if is_ceiling else number
