"""合作协议: drafting, negotiating, signing and filing. Its life after filing is in agreement_life.py.

Every change of text voids what parties have agreed to or signed; a frozen text is never changed, only followed by
another version. Verbs lock the agreement's row, so that two parties who answer at once are counted both.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from partnerships import (
    agreement_amendments,
    agreement_numbers,
    agreement_templates,
    agreement_versions,
    letters,
    scans,
    texts,
)
from partnerships.agreement_versions import NOTHING, Enclosed, Terms
from partnerships.models import Agreement, AgreementParty, AgreementTemplate, Listing, School, Venue
from partnerships.promises import Promise
from people import audit, thresholds
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

State, PartyState, How = Agreement.State, AgreementParty.State, AgreementParty.How


@verb
def draft(
    venue: Venue,
    *,
    by: Actor,
    district: District,
    schools: Sequence[School],
    title: str,
    areas: Sequence[str],
    starts_on: dt.date,
    ends_on: dt.date,
    text: str = "",
    template: AgreementTemplate | None = None,
    witness: str = "",
    promises: Iterable[Promise] = (),
) -> Agreement:
    """Begin an agreement of one venue with one or more schools of a district, written by one of them.

    `ends_on` is the first day after it; without `text` it starts from the template, or from the usual clauses. Raises
    Refused when the term is shorter or longer than the district allows, no school is named, or the venue is not listed
    there.
    """
    check_sides(venue, district, schools)
    check_term(district.pk, starts_on, ends_on)
    own = by.organisation_id or venue.pk
    if own not in {venue.pk, *(school.pk for school in schools)}:
        raise PermissionDenied("agreement.draft")
    require(by, Permission.AGREEMENT_DRAFT)
    agreement = Agreement.objects.create(
        district=district,
        venue=venue,
        drafted_by_id=own,
        title=title,
        areas=list(areas),
        witness=witness,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=clock.now(),
    )
    seat(agreement, [venue.pk, *(school.pk for school in schools)])
    terms = Terms(title, tuple(areas), witness, starts_on, ends_on, tuple(promises))
    text = text or agreement_templates.filled(template.text if template else texts.USUAL, agreement, terms)
    agreement_versions.write(agreement, text, own, terms=terms)
    audit.record("agreement.draft", agreement, by=by, is_now=agreement.state)
    return agreement


@verb
def revise(agreement: Agreement, *, by: Actor, text: str, enclosed: Enclosed = NOTHING, **changes: Any) -> Agreement:
    """Change a draft that nobody else has seen yet. `changes` are terms by name (title, areas, ends_on, promises …)."""
    require(by, Permission.AGREEMENT_DRAFT, agreement)
    lock(agreement, State.DRAFT)
    version = agreement.current_version
    assert version  # every agreement has a text from its draft on
    version.agreement = agreement
    terms = agreement_versions.terms_of(version).but(**changes)
    check_term(agreement.district_id, terms.starts_on, terms.ends_on)
    agreement_versions.rewrite(version, text, terms=terms, enclosed=enclosed, by=by)
    audit.record("agreement.revise", agreement, by=by)
    return agreement


@verb
def propose(agreement: Agreement, *, by: Actor) -> Agreement:
    """Send the draft to the other parties; the writer has thereby agreed to it."""
    lock(agreement, State.DRAFT)
    move(agreement, "propose", by=by)
    agreement.parties.filter(organisation_id=agreement.drafted_by_id).update(state=PartyState.AGREED)
    letters.tell_parties(agreement, "agreement_to_review", but=agreement.drafted_by_id)
    return agreement


@verb
def counter(
    agreement: Agreement, *, by: Actor, text: str, note: str = "", enclosed: Enclosed = NOTHING, **changes: Any
) -> Agreement:
    """Propose another version. Everybody's agreement and signature to the one before is void, the writer's is given.

    `changes` are terms by name. Raises Refused when nothing is changed, or when the agreement has moved on since the
    caller saw it.
    """
    mine = party_of(agreement, by)
    lock(agreement, *Agreement.MOVES["counter"].sources)
    before = agreement.current_version
    assert before
    before.agreement = agreement
    was = agreement_versions.terms_of(before)
    terms = was.but(**changes)
    if enclosed.is_nothing and terms == was and texts.plain(text) == texts.plain(before.text):
        raise Refused("text_unchanged", _("The text is the same. Change what you want changed, or agree to it."))
    check_term(agreement.district_id, terms.starts_on, terms.ends_on)
    version = agreement_versions.write(
        agreement,
        text,
        mine.organisation_id,
        terms=terms,
        note=free_text(note),
        scan=agreement_versions.final_after(before, enclosed, by=by),
        annexes=agreement_versions.annexes_after(before, enclosed, by=by),
    )
    move(agreement, "counter", by=by, current_version=version, reason="")
    _unsign(agreement)
    agreement.parties.filter(pk=mine.pk).update(state=PartyState.AGREED)
    letters.tell_parties(agreement, "agreement_countered", but=mine.organisation_id)
    return agreement


@verb
def agree(agreement: Agreement, *, by: Actor) -> Agreement:
    """One party agrees to the version it saw; with the last one the text is frozen and can be signed."""
    require(by, Permission.AGREEMENT_DRAFT, agreement)
    mine = party_of(agreement, by)
    lock(agreement, State.REVIEW, State.COUNTERED)
    if agreement.parties.filter(pk=mine.pk, state=PartyState.INVITED).update(state=PartyState.AGREED) != 1:
        raise Refused("changed", CHANGED)
    if agreement.parties.filter(state=PartyState.INVITED).exists():
        audit.record("agreement.consent", agreement, by=by)
        return agreement
    settle(agreement, by=by)
    return agreement


@verb
def sign(
    agreement: Agreement,
    *,
    by: Actor,
    how: str,
    reauthenticated: bool = False,
    scan: bytes | None = None,
    file_name: str = "",
    signer: str = "",
) -> Agreement:
    """One party's lead signs the frozen text: online (just re-authenticated), or by the scan of the sealed original.

    The last signature makes the agreement signed. Who did not sign before it was filed may do so later and is bound
    from then on. Raises Refused for a way that the district does not count.
    """
    require(by, Permission.AGREEMENT_SIGN, agreement)
    mine = party_of(agreement, by)
    if how not in thresholds.of(agreement.district_id)["agreement_signing_counts"]:
        raise Refused("signing_way", _("The district does not count this way of signing. Use the other one."))
    if how == How.ONLINE and not reauthenticated:
        raise Refused("reauthenticate", _("Enter your password once more: signing binds your organisation."))
    if how == How.SCAN and not scan:
        raise Refused("agreement_party_scan_present", _("Upload the scan of the sealed original."))
    lock(agreement, State.AGREED, State.SIGNING, State.FILED)
    if agreement.state == State.FILED and agreement.current_version.came_with_id:  # type: ignore[union-attr]
        raise Refused("amended_since", _("The text has been amended since without your organisation."))
    kept = scans.keep(scan, by=by, owner=mine.organisation, file_name=file_name) if how == How.SCAN and scan else None
    signed = agreement.parties.filter(pk=mine.pk, state=PartyState.AGREED).update(
        state=PartyState.SIGNED,
        version=agreement.current_version_id,
        how=how,
        signed_at=clock.now(),
        signed_by=by.user,
        signer=signer or by.label,
        scan=kept,
    )
    if signed != 1:
        raise Refused("already_signed", _("Your organisation has already signed this version."))
    if agreement.state == State.FILED:
        move(agreement, "join", by=by)
        letters.tell_parties(agreement, "agreement_joined", but=mine.organisation_id, party=mine.organisation.name_zh)
    elif agreement.parties.present().exclude(state=PartyState.SIGNED).exists():
        move(agreement, "sign", by=by)
    else:
        complete(agreement, by=by)
    return agreement


@verb
def submit(agreement: Agreement, *, by: Actor) -> Agreement:
    """Send the signed agreement to the bureau for filing.

    The venue and at least one school have signed it; schools that have not may sign after the filing. A supplement
    needs everybody.
    """
    party_of(agreement, by)
    lock(agreement, State.SIGNING, State.SIGNED, State.RETURNED)
    signed = [party.is_venue for party in agreement.parties.filter(state=PartyState.SIGNED)]
    if agreement.is_amendment and agreement.parties.present().exclude(state=PartyState.SIGNED).exists():
        raise Refused("not_signed", _("Every party must sign a supplement before it can be filed."))
    if set(signed) != {True, False}:
        raise Refused("not_signed", _("The venue and at least one school must sign before the agreement can be filed."))
    move(agreement, "submit", by=by, reason="")
    letters.tell_bureau(agreement, "agreement_to_file")
    return agreement


@verb
def file(agreement: Agreement, *, by: Actor) -> Agreement:
    """备案: give the agreement its number; from its first day on it is in force. The bureau does not judge its content.

    A supplement becomes a version of the agreement that it amends.
    """
    require(by, Permission.AGREEMENT_FILE, agreement)
    lock(agreement, State.SENT)
    amended = agreement.amends
    number = agreement_numbers.take_supplement(amended) if amended else agreement_numbers.take(agreement.district_id)
    move(agreement, "file", by=by, number=number, filed_at=clock.now(), filed_by=by.user, reason="")
    if agreement.is_amendment:
        agreement_amendments.incorporate(agreement, by=by)
    letters.tell_parties(agreement, "agreement_filed")
    return agreement


@verb
def send_back(agreement: Agreement, *, by: Actor, reason: str) -> Agreement:
    """退回补正: say what is missing; raises Refused without a reason."""
    need(reason)
    lock(agreement, State.SENT)
    move(agreement, "return", by=by, reason=free_text(reason))
    letters.tell_parties(agreement, "agreement_returned")
    return agreement


@verb
def withdraw(agreement: Agreement, *, by: Actor, reason: str = "") -> Agreement:
    """Give up an agreement that is not filed."""
    if agreement.state != State.DRAFT:
        party_of(agreement, by)
    move(agreement, "withdraw", by=by, reason=free_text(reason))
    if agreement.parties.exclude(state=PartyState.INVITED).exists():
        letters.tell_parties(agreement, "agreement_withdrawn", but=by.organisation_id)
    return agreement


# --- what the verbs share ---------------------------------------------------------------------------------------------


def party_of(agreement: Agreement, by: Actor) -> AgreementParty:
    """The party that the actor's hat stands for; raises PermissionDenied for anybody else."""
    mine = agreement.parties.present().filter(organisation_id=by.organisation_id).select_related("organisation").first()
    if mine is None:
        raise PermissionDenied("agreement.party")
    return mine


def check_sides(venue: Venue, district: District, schools: Sequence[School]) -> None:
    if not schools:
        raise Refused("no_school", _("Choose at least one school."))
    if any(school.organisation.district_id != district.pk for school in schools):
        raise Refused("school_elsewhere", _("All schools of an agreement belong to one district."))
    if not Listing.objects.listed().filter(district=district, organisation_id=venue.pk).exists():
        raise Refused("venue_not_listed", _("The venue is not listed in this district yet."))


def check_term(district_id: int, starts_on: dt.date, ends_on: dt.date) -> None:
    values = thresholds.of(district_id)
    least, most = values["agreement_years_min"], values["agreement_years_max"]
    if not starts_on + relativedelta(years=least) <= ends_on <= starts_on + relativedelta(years=most):
        raise Refused(
            "agreement_years",
            _("An agreement runs for %(least)s to %(most)s years here. Choose another last day."),
            least=least,
            most=most,
        )


def settle(agreement: Agreement, *, by: Actor) -> None:
    """Every party has agreed: freeze the text and ask for the signatures."""
    assert agreement.current_version  # every agreement has a text from its draft on
    agreement.current_version.agreement = agreement
    agreement_versions.freeze(agreement.current_version)
    move(agreement, "agree", by=by)
    letters.tell_parties(agreement, "agreement_to_sign", leads=True)


def complete(agreement: Agreement, *, by: Actor) -> None:
    """Nobody's signature is open any more."""
    move(agreement, "complete", by=by)
    letters.tell_parties(agreement, "agreement_signed", leads=True)


def lock(agreement: Agreement, *states: str) -> None:
    """Lock the row; it must be in one of these states and hold the version of the text that the caller saw."""
    now = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if now.current_version_id != agreement.current_version_id or now.state not in states:
        raise Refused("changed", CHANGED)
    agreement.state = now.state


def seat(agreement: Agreement, organisations: Sequence[int]) -> None:
    """The parties in this order, each with the representative and contact that it named in its last agreement."""
    known = AgreementParty.objects.filter(organisation__in=organisations).order_by("organisation_id", "-pk")
    last = {party.organisation_id: party for party in known.distinct("organisation_id")}
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=agreement, organisation_id=organisation, position=position, **_introduced(last.get(organisation))
        )
        for position, organisation in enumerate(organisations)
    )


def _introduced(party: AgreementParty | None) -> dict[str, str]:
    return {name: getattr(party, name) for name in ("representative", "contact", "phone")} if party else {}


def _unsign(agreement: Agreement) -> None:
    agreement.parties.present().update(
        state=PartyState.INVITED, version=None, how="", signed_at=None, signed_by=None, signer="", scan=None
    )


def need(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason", _("Give the reason for the decision."))
