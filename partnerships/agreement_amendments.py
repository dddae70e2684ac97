"""补充协议: what a supplement changes, and how it becomes a version of the agreement that it amends.

A supplement goes the whole way of an agreement (agreements.py): drafted, countered, agreed, signed, filed. Until it is
filed nothing of the agreement changes.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from partnerships import agreement_joining, agreement_versions, commitments, impact
from partnerships.agreement_versions import Terms
from partnerships.models import Agreement, AgreementParty, AgreementVersion, Commitment, Term
from people import audit
from people.actors import Actor
from portal.lib.errors import Refused


@dataclass(frozen=True)
class Changed:
    """One promise of a party for a term: what it was and what it will be; 0 where there is none."""

    organisation_id: int
    term: Term
    kind: str
    was: int
    is_now: int

    @property
    def label(self) -> str:
        return str(Commitment.Kind(self.kind).label)

    @property
    def is_less(self) -> bool:
        return self.is_now < self.was


@dataclass(frozen=True)
class Changes:
    """What a supplement changes beside the text. `ends_on` is the first day after: (was, is to be)."""

    ends_on: tuple[dt.date, dt.date]
    promises: list[Changed]
    joins: list[AgreementParty]  # schools that the agreement does not bind yet

    @property
    def is_shorter(self) -> bool:
        return self.ends_on[1] < self.ends_on[0]


def changes(amendment: Agreement) -> Changes:
    """The supplement's present version against the agreement as it is in force."""
    assert amendment.amends
    assert amendment.amends.current_version
    assert amendment.current_version
    was = agreement_versions.terms_of(amendment.amends.current_version)
    is_now = agreement_versions.terms_of(amendment.current_version)
    joins = list(agreement_joining.joining(amendment))
    return Changes((was.ends_on, is_now.ends_on), _compared(was, is_now), joins)


def _compared(was: Terms, is_now: Terms) -> list[Changed]:
    old = {(one.organisation_id, one.term, one.kind): one.promised for one in was.promises}
    new = {(one.organisation_id, one.term, one.kind): one.promised for one in is_now.promises}
    return [
        Changed(
            organisation, term, kind, old.get((organisation, term, kind), 0), new.get((organisation, term, kind), 0)
        )
        for organisation, term, kind in dict.fromkeys([*old, *new])
        if old.get((organisation, term, kind)) != new.get((organisation, term, kind))
    ]


def incorporate(amendment: Agreement, *, by: Actor) -> None:
    """Make the supplement's version the one in force, with the same bytes and the same fingerprint.

    Raises Refused when the agreement is suspended or over, or when it promises less than has been used already.
    """
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=amendment.amends_id)
    if agreement.state != Agreement.State.FILED:
        raise Refused("amended_over", _("The agreement is suspended or over: a supplement can't change it."))
    source = amendment.current_version
    assert source
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=source.number,
        text=source.text,
        terms=source.terms,
        note=source.note,
        scan_id=source.scan_id,
        written_by_id=source.written_by_id,
        created_at=source.created_at,
        came_with=amendment,
    )
    agreement_versions.attach(version, [(annex.title, annex.scan) for annex in source.annexes.listed()])
    version.body, version.sha256, version.frozen_at = source.body, source.sha256, source.frozen_at
    version.save(update_fields=["body", "sha256", "frozen_at"])
    was, terms = agreement.ends_on, agreement_versions.terms_of(source)
    Agreement.objects.filter(pk=agreement.pk).update(
        current_version=version,
        title=terms.title,
        areas=list(terms.areas),
        witness=terms.witness,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
    )
    agreement_joining.take_in(amendment, version)
    commitments.restate(agreement, terms.promises)
    agreement.ends_on = terms.ends_on
    impact.follow(amendment, by=by)
    audit.record("agreement.amend", agreement, by=by, was=str(was), is_now=str(terms.ends_on), version=version.number)
