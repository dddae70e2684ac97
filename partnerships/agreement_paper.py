"""An agreement on paper: one frozen version with its seal boxes, who signed it how, its fingerprint and its QR code.

Text and terms are read from the frozen bytes, so that every version can be printed again as it was agreed.
"""

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partnerships import agreement_terms, texts
from partnerships.models import Agreement, AgreementParty, AgreementVersion
from portal.lib import documents, wording

TEMPLATE = "partnerships/pdf/agreement.typ"


def printed(version: AgreementVersion, address: Callable[[AgreementVersion], str], *, language: str) -> bytes:
    """The PDF of a frozen version; `address` gives the public page that the QR code leads to."""
    template, data = document(version, address, language=language)
    return documents.pdf(template, data, language=language)


def document(
    version: AgreementVersion, address: Callable[[AgreementVersion], str], *, language: str
) -> tuple[str, dict[str, Any]]:
    """Template and data. The day of the document is that of its latest signature, else of its freezing."""
    assert version.frozen_at
    with translation.override(language):
        content, agreement = agreement_terms.content_of(version), version.agreement
        parties = list(version.signed_in.parties.select_related("organisation", "signed_by"))
        last = max([version.frozen_at, *(party.signed_at for party in parties if party.signed_at)])
        names = agreement_terms.term_names(agreement.district_id)
        link = address(version)
        number = version.signed_in.number or agreement.number or ""
        return TEMPLATE, {
            "title": content["title"],
            "subtitle": _("Version %(n)s") % {"n": version.number},
            "date": wording.local(last).strftime("%Y-%m-%d"),
            "number": number,
            "foot": f"{_('Text fingerprint')} {version.sha256}",
            "facts": _facts(version, content, number),
            "parties": [
                [agreement_terms.seat(ordinal), *said, *[""] * (3 - len(said))] for ordinal, *said in content["parties"]
            ],
            "clauses": [line for line in content["text"].split("\n") if line],
            "promises": [
                [agreement_terms.seat(row[0]), names.get(row[1], row[1]), *agreement_terms.amount(row)]
                for row in content["commitments"]
            ],
            "annexes": [
                [_("Annex %(n)s") % {"n": n}, title, digest]
                for n, (title, digest) in enumerate(content.get("annexes", []), start=1)
            ],
            "seals": [_seal(party) for party in parties],
            "hash": grouped(version.sha256),
            "is_whole": texts.is_whole(version),
            "address": link,
            "qr": documents.qr(link),
            "words": _words(),
        }


def _facts(version: AgreementVersion, content: dict[str, Any], number: str) -> list[list[str]]:
    filed_at = version.signed_in.filed_at
    facts = [
        [_("Runs"), wording.span(agreement_terms.day(content["first_day"]), agreement_terms.day(content["last_day"]))],
        [_("Cooperation areas"), wording.listed([str(Agreement.Area(area).label) for area in content["areas"]])],
        [_("Convener (witness)"), content["witness"]],
        [_("Filing number"), number],
        [pgettext("agreement", "Filed"), wording.day(filed_at, year=True) if filed_at else ""],
        [_("Digest of the file"), content["scan_sha256"]],
    ]
    return [fact for fact in facts if fact[1]]


def _seal(party: AgreementParty) -> dict[str, str]:
    """Whose box it is, and what the portal knows of the signature."""
    told = ""
    if party.left_on:
        told = _("left on %(day)s") % {"day": wording.day(party.left_on, year=True)}
    elif party.signed_at and party.how == AgreementParty.How.PAPER:
        told = _("signed on paper on %(day)s") % {"day": wording.day(party.signed_at, year=True)}
    elif party.signed_at:
        told = agreement_terms.joined(
            [
                party.signer,
                wording.when(party.signed_at, year=True),
                str(party.get_how_display()),
            ]
        )
    return {"who": f"{party.seat} {party.organisation.name_zh}", "told": told or _("not signed yet")}


def grouped(digest: str) -> str:
    """Four and four, to be compared by eye."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _words() -> dict[str, Any]:
    return {
        "parties": [
            _("Party"),
            pgettext("organisation", "Name"),
            _("unified social credit code"),
            _("legal representative"),
        ],
        "promises": [_("Party"), _("Term"), _("Commitment"), pgettext("amount", "Number")],
        "annexes": [_("Annex"), _("Title"), _("SHA-256 of the file")],
        "sides": _("Parties"),
        "text": _("Text"),
        "commitments": _("Commitments"),
        "enclosed": _("Annexes"),
        "signatures": _("Signatures"),
        "seal": _("Seal and signature"),
        "date": pgettext("seal", "Date"),
        "hash": _("Text fingerprint"),
        "verify": _("Scan the code to compare the text. Where paper and page differ, the page holds."),
        "damaged": _("The stored text does not fit its fingerprint. Do not rely on it."),
        "how": _("Online confirmation records each party's consent. The portal never draws a seal."),
    }
