"""合作协议: drafting, negotiating, signing and filing. Its life after filing is in agreement_life.py.

Every change of text voids what parties have agreed to or signed; a frozen text is never changed, only followed by
another version. Verbs lock the agreement's row, so that two parties who answer at once are counted both.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from partnerships import letters, scans, texts
from partnerships.models import (
    Agreement,
    AgreementParty,
    AgreementVersion,
    Commitment,
    Listing,
    School,
    Venue,
)
from partnerships.promises import Promise
from people import audit, thresholds
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused

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
    witness: str = "",
    promises: Iterable[Promise] = (),
) -> Agreement:
    """Begin an agreement of one venue with one or more schools of a district, written by one of them.

    `ends_on` is the first day after it; without `text` it starts from the usual clauses. Raises Refused when the term
    is shorter or longer than the district allows, no school is named, or the venue is not listed there.
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
    write(agreement, text or texts.usual_clauses(list(areas)), own)
    promise(agreement, promises)
    audit.record("agreement.draft", agreement, by=by, is_now=agreement.state)
    return agreement


@verb
def revise(
    agreement: Agreement,
    *,
    by: Actor,
    text: str,
    title: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    promises: Iterable[Promise] | None = None,
) -> Agreement:
    """Change a draft that nobody else has seen yet."""
    require(by, Permission.AGREEMENT_DRAFT, agreement)
    lock(agreement, State.DRAFT)
    agreement.title = title or agreement.title
    agreement.starts_on, agreement.ends_on = starts_on or agreement.starts_on, ends_on or agreement.ends_on
    check_term(agreement.district_id, agreement.starts_on, agreement.ends_on)
    agreement.save(update_fields=["title", "starts_on", "ends_on"])
    AgreementVersion.objects.filter(pk=agreement.current_version_id).update(text=text)
    if promises is not None:
        promise(agreement, promises)
    agreement.refresh_from_db()
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
    agreement: Agreement,
    *,
    by: Actor,
    text: str,
    note: str = "",
    promises: Iterable[Promise] | None = None,
) -> Agreement:
    """Propose another version. Everybody's agreement and signature to the one before is void, the writer's is given.

    Raises Refused when the text is unchanged, or when the agreement has moved on since the caller saw it.
    """
    mine = party_of(agreement, by)
    lock(agreement, *Agreement.MOVES["counter"].sources)
    if promises is None and texts.plain(text) == texts.plain(agreement.current_version.text):
        raise Refused("text_unchanged", _("The text is the same. Change what you want changed, or agree to it."))
    version = write(agreement, text, mine.organisation_id, note=note)
    move(agreement, "counter", by=by, current_version=version, reason="")
    _unsign(agreement)
    if promises is not None:
        promise(agreement, promises)
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
    assert agreement.current_version  # every agreement has a text from its draft on
    freeze(agreement.current_version)
    move(agreement, "agree", by=by)
    letters.tell_parties(agreement, "agreement_to_sign", leads=True)
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

    The last signature makes the agreement signed. Raises Refused for a way that the district does not count.
    """
    require(by, Permission.AGREEMENT_SIGN, agreement)
    mine = party_of(agreement, by)
    if how not in thresholds.of(agreement.district_id)["agreement_signing_counts"]:
        raise Refused("signing_way", _("The district does not count this way of signing. Use the other one."))
    if how == How.ONLINE and not reauthenticated:
        raise Refused("reauthenticate", _("Enter your password once more: signing binds your organisation."))
    if how == How.SCAN and not scan:
        raise Refused("agreement_party_scan_present", _("Upload the scan of the sealed original."))
    lock(agreement, State.AGREED, State.SIGNING)
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
    if agreement.parties.present().exclude(state=PartyState.SIGNED).exists():
        move(agreement, "sign", by=by)
    else:
        move(agreement, "complete", by=by)
        letters.tell_parties(agreement, "agreement_signed", leads=True)
    return agreement


@verb
def submit(agreement: Agreement, *, by: Actor) -> Agreement:
    """Send the signed agreement to the bureau for filing."""
    party_of(agreement, by)
    lock(agreement, State.SIGNED, State.RETURNED)
    if agreement.parties.present().exclude(state=PartyState.SIGNED).exists():
        raise Refused("not_signed", _("Every party must sign before the agreement can be filed."))
    move(agreement, "submit", by=by, reason="")
    letters.tell_bureau(agreement, "agreement_to_file")
    return agreement


@verb
def file(agreement: Agreement, *, by: Actor, number: str = "") -> Agreement:
    """备案: give the agreement its number; from its first day on it is in force. The bureau does not judge its content."""
    lock(agreement, State.SENT)
    number = number.strip() or next_number(agreement.district_id)
    move(agreement, "file", by=by, number=number, filed_at=clock.now(), filed_by=by.user, reason="")
    letters.tell_parties(agreement, "agreement_filed")
    return agreement


@verb
def send_back(agreement: Agreement, *, by: Actor, reason: str) -> Agreement:
    """退回补正: say what is missing; raises Refused without a reason."""
    need(reason)
    lock(agreement, State.SENT)
    move(agreement, "return", by=by, reason=reason.strip())
    letters.tell_parties(agreement, "agreement_returned")
    return agreement


@verb
def withdraw(agreement: Agreement, *, by: Actor, reason: str = "") -> Agreement:
    """Give up an agreement that is not filed."""
    if agreement.state != State.DRAFT:
        party_of(agreement, by)
    move(agreement, "withdraw", by=by, reason=reason.strip())
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


def next_number(district_id: int) -> str:
    """The next filing number of the district's year, like 光馆校〔2026〕1号."""
    prefix = thresholds.of(district_id)["agreement_number_prefix"]
    head = f"{prefix}〔{clock.today().year}〕"
    taken = Agreement.objects.filter(district_id=district_id, number__startswith=head).values_list("number", flat=True)
    used = [int(rest) for number in taken if (rest := number.removeprefix(head).removesuffix("号")).isdigit()]
    return f"{head}{max(used, default=0) + 1}号"


def freeze(version: AgreementVersion) -> None:
    """Take the fingerprint of the text as it stands; from here on the row is immutable."""
    body = texts.canonical(version)
    version.body, version.sha256, version.frozen_at = body, texts.fingerprint(body), clock.now()
    version.save(update_fields=["body", "sha256", "frozen_at"])


def lock(agreement: Agreement, *states: str) -> None:
    """Lock the row; it must be in one of these states and hold the version of the text that the caller saw."""
    now = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if now.current_version_id != agreement.current_version_id or now.state not in states:
        raise Refused("changed", CHANGED)
    agreement.state = now.state


def seat(agreement: Agreement, organisations: Sequence[int]) -> None:
    AgreementParty.objects.bulk_create(
        AgreementParty(agreement=agreement, organisation_id=organisation, position=position)
        for position, organisation in enumerate(organisations)
    )


def write(agreement: Agreement, text: str, organisation_id: int, *, note: str = "", scan=None) -> AgreementVersion:
    last = agreement.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=last + 1,
        text=texts.plain(text),
        note=note,
        scan=scan,
        written_by_id=organisation_id,
        created_at=clock.now(),
    )
    if last == 0:
        Agreement.objects.filter(pk=agreement.pk).update(current_version=version)
        agreement.current_version = version
    return version


def promise(agreement: Agreement, promises: Iterable[Promise]) -> None:
    """Put these promises in the place of those before; nothing is counted on them until the agreement is in force."""
    parties = {party.organisation_id: party for party in agreement.parties.all()}
    Commitment.objects.filter(agreement=agreement).delete()
    for each in promises:
        Commitment.objects.create(
            agreement=agreement,
            party=parties[each.organisation_id],
            term=each.term,
            kind=each.kind,
            promised=each.promised,
            is_ceiling=each.is_ceiling,
        )


def _unsign(agreement: Agreement) -> None:
    agreement.parties.present().update(
        state=PartyState.INVITED, version=None, how="", signed_at=None, signed_by=None, signer="", scan=None
    )


def need(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason", _("Give the reason for the decision."))
