"""Versions of an agreement: text, terms and annexes are written together, frozen together, and shown again together."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships import scans, texts
from partnerships.models import (
    Agreement,
    AgreementAnnex,
    AgreementVersion,
    Commitment,
    Scan,
    Term,
)
from partnerships.promises import Promise
from people.actors import Actor
from portal.lib import clock
from portal.lib.errors import Refused

DAY = dt.timedelta(days=1)
MOST_ANNEXES = 10


@dataclass(frozen=True)
class File:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Enclosed:
    """What goes with a text: a final text as PDF (or none any more), annexes that are added, and keys of those left out."""

    final: File | None = None
    drops_final: bool = False
    added: tuple[File, ...] = ()
    dropped: frozenset[int] = frozenset()

    @property
    def is_nothing(self) -> bool:
        return self == NOTHING


NOTHING = Enclosed()


@dataclass(frozen=True)
class Terms:
    """Everything that a version says beside its text. `ends_on` is the first day after it."""

    title: str
    areas: tuple[str, ...]
    witness: str
    starts_on: dt.date
    ends_on: dt.date
    promises: tuple[Promise, ...] = ()

    def but(self, **changes: Any) -> "Terms":
        """The same with some of it changed; what is None stays."""
        given = {name: value for name, value in changes.items() if value is not None}
        for name in ("areas", "promises"):
            if name in given:
                given[name] = tuple(given[name])
        return dataclasses.replace(self, **given)


def kept(terms: Terms, agreement: Agreement) -> dict[str, Any]:
    """The terms as they are kept with a version: parties by their place, terms of school by year and half."""
    places = dict(agreement.parties.values_list("organisation_id", "position"))
    return {
        "title": terms.title,
        "areas": list(terms.areas),
        "witness": terms.witness,
        "first_day": terms.starts_on.isoformat(),
        "last_day": (terms.ends_on - DAY).isoformat(),
        "commitments": [
            [places[one.organisation_id], half_of(one.term), one.kind, one.promised, one.is_ceiling]
            for one in terms.promises
        ],
    }


def half_of(term: Term) -> str:
    """2026-1: the first half of the school year that began in 2026."""
    return f"{term.school_year}-{term.half}"


def terms_of(version: AgreementVersion) -> Terms:
    """The terms of a version; one from before they were kept has those of its agreement."""
    agreement = version.agreement
    if not version.terms:
        return Terms(
            agreement.title, tuple(agreement.areas), agreement.witness, agreement.starts_on, agreement.ends_on,
            tuple(
                Promise(one.party.organisation_id, one.term, one.kind, one.promised, one.is_ceiling)
                for one in agreement.commitments.select_related("term", "party")
            ),
        )  # fmt: skip
    told = version.terms
    sides = dict(agreement.parties.values_list("position", "organisation_id"))
    halves = {half_of(term): term for term in Term.objects.filter(district_id=agreement.district_id)}
    return Terms(
        told["title"],
        tuple(told["areas"]),
        told["witness"],
        dt.date.fromisoformat(told["first_day"]),
        dt.date.fromisoformat(told["last_day"]) + DAY,
        tuple(
            Promise(sides[place], halves[half], kind, promised, is_ceiling)
            for place, half, kind, promised, is_ceiling in told["commitments"]
            if place in sides  # a school that was to join by a supplement and did not
        ),
    )


def write(
    agreement: Agreement,
    text: str,
    organisation_id: int,
    *,
    terms: Terms,
    note: str = "",
    scan: Scan | None = None,
    annexes: Iterable[tuple[str, Scan]] = (),
    after: int = 0,
) -> AgreementVersion:
    """Add the next version (the first one follows `after`) and make its terms those of the agreement."""
    last = agreement.versions.order_by("-number").values_list("number", flat=True).first()
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=(after if last is None else last) + 1,
        text=texts.plain(text),
        terms=kept(terms, agreement),
        note=note,
        scan=scan,
        written_by_id=organisation_id,
        created_at=clock.now(),
    )
    attach(version, annexes)
    if last is None:
        Agreement.objects.filter(pk=agreement.pk).update(current_version=version)
        agreement.current_version = version
    place(agreement, terms)
    return version


def rewrite(version: AgreementVersion, text: str, *, terms: Terms, enclosed: Enclosed, by: Actor) -> None:
    """Change a version in place that nobody else has seen."""
    annexes = annexes_after(version, enclosed, by=by)
    version.text, version.terms = texts.plain(text), kept(terms, version.agreement)
    version.scan = final_after(version, enclosed, by=by)
    version.save(update_fields=["text", "terms", "scan"])
    if enclosed.added or enclosed.dropped:
        version.annexes.all().delete()
        attach(version, annexes)
    place(version.agreement, terms)


def attach(version: AgreementVersion, annexes: Iterable[tuple[str, Scan]]) -> None:
    """附件1, 附件2 …, in this order."""
    AgreementAnnex.objects.bulk_create(
        AgreementAnnex(version=version, position=position, title=title, scan=scan)
        for position, (title, scan) in enumerate(annexes, start=1)
    )


def annexes_after(version: AgreementVersion, enclosed: Enclosed, *, by: Actor) -> list[tuple[str, Scan]]:
    """The annexes of this version without those left out, and what is added behind them.

    Raises Refused for a file that is no PDF by its content or too large, and for too many.
    """
    stay = [(annex.title, annex.scan) for annex in version.annexes.listed() if annex.pk not in enclosed.dropped]
    if len(stay) + len(enclosed.added) > MOST_ANNEXES:
        raise Refused("annexes_most", _("An agreement has at most %(most)s annexes."), most=MOST_ANNEXES)
    come = [(_title(file.name), _pdf(file, version, by=by)) for file in enclosed.added]
    return stay + come


def final_after(version: AgreementVersion, enclosed: Enclosed, *, by: Actor) -> Scan | None:
    """The final text as a file: a new one, none any more, or the one that was there."""
    if enclosed.final is not None:
        return _pdf(enclosed.final, version, by=by)
    return None if enclosed.drops_final else version.scan


def _pdf(file: File, version: AgreementVersion, *, by: Actor) -> Scan:
    owner = by.organisation or version.written_by
    return scans.keep(file.content, by=by, owner=owner, file_name=file.name, types=(Scan.Type.PDF,))


def _title(file_name: str) -> str:
    """The file's name without its ending and without a path."""
    name = texts.plain(file_name.replace("\\", "/").rsplit("/", 1)[-1])
    return (name.rsplit(".", 1)[0] or name)[:120]


def freeze(version: AgreementVersion) -> None:
    """Take the fingerprint of text, terms and annexes as they stand; from here on the row is immutable."""
    terms = version.terms or kept(terms_of(version), version.agreement)
    body = texts.canonical(texts.content(version, terms))
    version.body, version.sha256, version.frozen_at = body, texts.fingerprint(body), clock.now()
    version.save(update_fields=["body", "sha256", "frozen_at"])


def place(agreement: Agreement, terms: Terms) -> None:
    """Make these the terms of the agreement. Not yet filed, nothing is counted on its promises.

    A supplement keeps its promises with its version: what they change is the commitments of the agreement it amends.
    """
    agreement.title, agreement.areas, agreement.witness = terms.title, list(terms.areas), terms.witness
    agreement.starts_on, agreement.ends_on = terms.starts_on, terms.ends_on
    agreement.save(update_fields=["title", "areas", "witness", "starts_on", "ends_on"])
    if agreement.is_amendment:
        return
    parties = {party.organisation_id: party for party in agreement.parties.all()}
    Commitment.objects.filter(agreement=agreement).delete()
    for each in terms.promises:
        Commitment.objects.create(
            agreement=agreement,
            party=parties[each.organisation_id],
            term=each.term,
            kind=each.kind,
            promised=each.promised,
            is_ceiling=each.is_ceiling,
        )
