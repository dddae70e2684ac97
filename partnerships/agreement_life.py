"""The life of a filed agreement, and those that were signed on paper before the portal knew them."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships import agreement_joining, agreement_numbers, agreement_versions, agreements, letters, scans
from partnerships.agreement_versions import Terms
from partnerships.models import Agreement, AgreementParty, School, Venue
from partnerships.promises import Promise
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

State, PartyState = Agreement.State, AgreementParty.State
UNDER_WAY = (State.REVIEW, State.COUNTERED, State.AGREED, State.SIGNING, State.RETURNED)


@verb
def register(
    venue: Venue,
    *,
    by: Actor,
    district: District,
    schools: Sequence[School],
    title: str,
    areas: Sequence[str],
    starts_on: dt.date,
    ends_on: dt.date,
    signed_on: dt.date,
    scan: bytes,
    file_name: str,
    number: str = "",
    text: str = "",
    witness: str = "",
    promises: Iterable[Promise] = (),
) -> Agreement:
    """补录: enter an agreement signed on paper. Filed at once and marked; its fingerprint covers the scan."""
    require(by, Permission.AGREEMENT_REGISTER, district)
    agreements.check_sides(venue, district, schools)
    agreements.check_term(district.pk, starts_on, ends_on)
    if signed_on > clock.today():
        raise Refused("signed_in_future", _("The day of signing can't lie in the future."))
    agreement = Agreement.objects.create(
        district=district,
        venue=venue,
        drafted_by=venue.organisation,
        title=title,
        areas=list(areas),
        witness=witness,
        starts_on=starts_on,
        ends_on=ends_on,
        registered_on_paper=True,
        state=State.FILED,
        number=number.strip() or agreement_numbers.take(district.pk),
        filed_at=clock.now(),
        filed_by=by.user,
        created_at=clock.now(),
    )
    agreements.seat(agreement, [venue.pk, *(school.pk for school in schools)])
    kept = scans.keep(scan, by=by, owner=by.organisation or venue.organisation, file_name=file_name)
    terms = Terms(title, tuple(areas), witness, starts_on, ends_on, tuple(promises))
    version = agreement_versions.write(agreement, text, venue.pk, terms=terms, scan=kept)
    agreement_versions.freeze(version)
    agreement.parties.update(
        state=PartyState.SIGNED,
        version=version,
        how=AgreementParty.How.PAPER,
        signed_at=clock.moment(signed_on),
        signed_by=by.user,
    )
    audit.record("agreement.register", agreement, by=by, is_now=agreement.state, number=agreement.number)
    letters.tell_parties(agreement, "agreement_filed")
    return agreement


@verb
def suspend(agreement: Agreement, *, by: Actor, reason: str) -> Agreement:
    """中止履行: from today on nothing new rests on it; it can be resumed."""
    check_end(agreement, by)
    agreements.need(reason)
    agreements.lock(agreement, State.FILED)
    move(agreement, "suspend", by=by, reason=free_text(reason), suspended_on=clock.today())
    letters.tell_parties(agreement, "agreement_suspended")
    return agreement


@verb
def resume(agreement: Agreement, *, by: Actor) -> Agreement:
    check_end(agreement, by)
    agreements.lock(agreement, State.SUSPENDED)
    move(agreement, "resume", by=by, reason="", suspended_on=None)
    letters.tell_parties(agreement, "agreement_resumed")
    return agreement


@verb
def terminate(agreement: Agreement, *, by: Actor, reason: str, on: dt.date | None = None) -> Agreement:
    """终止: over for good from `on` (today). Who calls it shows first what it touches (activities/endings.py).

    The venue ends the whole agreement; a school only one in which it is the last school (otherwise it leaves).
    """
    check_end(agreement, by)
    agreements.need(reason)
    agreements.lock(agreement, State.FILED, State.SUSPENDED)
    move(agreement, "terminate", by=by, reason=free_text(reason), terminated_on=on or clock.today(), suspended_on=None)
    for amendment in _under_way(agreement).exclude(state=State.SENT):  # what is sent, the bureau returns
        move(amendment, "withdraw", by=by, reason=free_text(reason))
    letters.tell_parties(agreement, "agreement_terminated")
    return agreement


@verb
def leave(agreement: Agreement, *, by: Actor, reason: str, on: dt.date | None = None) -> Agreement:
    """One school leaves, or does not sign in the end; the agreement goes on for the others.

    The last school terminates or withdraws instead. Before the filing only a school leaves that has not signed.
    """
    require(by, Permission.AGREEMENT_LEAVE, agreement)
    agreements.need(reason)
    mine = agreements.party_of(agreement, by)
    agreements.lock(agreement, *UNDER_WAY, State.FILED, State.SUSPENDED)
    if mine.is_venue or _schools(agreement) < 2 or not may_leave(agreement, mine):
        raise Refused("last_party", _("The venue and the last school end the agreement instead of leaving it."))
    left = agreement.parties.present().filter(pk=mine.pk)
    if agreement.state in UNDER_WAY:
        left = left.exclude(state=PartyState.SIGNED)
    if left.update(state=PartyState.LEFT, left_on=on or clock.today(), reason=free_text(reason)) != 1:
        raise Refused("changed", CHANGED)
    audit.record("agreement.leave", agreement, by=by, organisation=mine.organisation_id)
    letters.tell_parties(agreement, "agreement_party_left", party=mine.organisation.name_zh)
    _go_on(agreement, by=by)
    for amendment in _under_way(agreement):
        _leave_amendment(amendment, mine, by=by, reason=free_text(reason))
    return agreement


def may_leave(agreement: Agreement, mine: AgreementParty) -> bool:
    """A supplement is left only by whom it was to take in: the others leave the agreement that it amends."""
    return not agreement.is_amendment or agreement_joining.joining(agreement).filter(pk=mine.pk).exists()


def _under_way(agreement: Agreement) -> QuerySet[Agreement]:
    return agreement.amendments.exclude(state__in=[State.FILED, State.WITHDRAWN]).select_for_update(of=("self",))


def _leave_amendment(amendment: Agreement, mine: AgreementParty, *, by: Actor, reason: str) -> None:
    """Who has left the agreement has no say in a supplement to it; a draft of its own goes with it."""
    if amendment.state == State.DRAFT and amendment.drafted_by_id == mine.organisation_id:
        move(amendment, "withdraw", by=by, reason=reason)
        return
    left_on = clock.today()
    amendment.parties.present().filter(organisation=mine.organisation_id).update(
        state=PartyState.LEFT, left_on=left_on, reason=reason
    )
    _go_on(amendment, by=by)


def _go_on(agreement: Agreement, *, by: Actor) -> None:
    """Whom everybody waited for has left: what was open only because of them is so no longer."""
    present = agreement.parties.present()
    if agreement.state in (State.REVIEW, State.COUNTERED) and not present.filter(state=PartyState.INVITED).exists():
        agreements.settle(agreement, by=by)
    elif agreement.state == State.SIGNING and not present.exclude(state=PartyState.SIGNED).exists():
        agreements.complete(agreement, by=by)


@verb
def amend(agreement: Agreement, *, by: Actor) -> Agreement:
    """补充协议: begin a supplement with the text, terms and annexes in force, for every party that has signed it.

    Raises Refused while the agreement is not in force, or while another supplement is under way.
    """
    require(by, Permission.AGREEMENT_DRAFT, agreement)
    mine = agreements.party_of(agreement, by)
    agreements.lock(agreement, State.FILED)
    source = agreement.current_version
    if agreement.is_amendment or mine.signed_at is None or source is None:
        raise PermissionDenied("agreement.amend")
    source.agreement = agreement
    terms = agreement_versions.terms_of(source)
    amendment = Agreement.objects.create(
        district=agreement.district,
        venue=agreement.venue,
        drafted_by_id=mine.organisation_id,
        amends=agreement,
        title=terms.title,
        areas=list(terms.areas),
        witness=terms.witness,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        created_at=clock.now(),
    )
    signed = agreement.parties.present().filter(state=PartyState.SIGNED)
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=amendment, organisation_id=party.organisation_id, position=party.position,
            representative=party.representative, contact=party.contact, phone=party.phone,
        )
        for party in signed
    )  # fmt: skip
    agreement_versions.write(
        amendment,
        source.text,
        mine.organisation_id,
        terms=terms,
        scan=None if agreement.registered_on_paper else source.scan,
        annexes=[(annex.title, annex.scan) for annex in source.annexes.listed()],
        after=source.number,
    )
    audit.record("agreement.draft", amendment, by=by, is_now=amendment.state, amends=agreement.pk)
    return amendment


@verb
def renew(
    agreement: Agreement, *, by: Actor, starts_on: dt.date, ends_on: dt.date, title: str = "", text: str = ""
) -> Agreement:
    """续签: draft a successor with the same parties and text; this one is called renewed when that one is filed."""
    agreements.party_of(agreement, by)
    agreements.lock(agreement, State.FILED)
    agreement.refresh_from_db(fields=["successor"])  # a second press waited for the first one's draft
    if agreement.successor_id and agreement.successor.state != State.WITHDRAWN:
        raise Refused("already_renewed", _("A successor has already been drafted."))
    if agreement.is_amendment:
        raise PermissionDenied("agreement.renew")
    schools = School.objects.filter(
        pk__in=agreement.parties.present().filter(position__gt=0).values("organisation_id")
    ).select_related("organisation")
    successor = agreements.draft(
        agreement.venue,
        by=by,
        district=agreement.district,
        schools=list(schools),
        title=title or agreement.title,
        areas=agreement.areas,
        starts_on=starts_on,
        ends_on=ends_on,
        text=text or agreement.current_version.text,
        witness=agreement.witness,
    )
    Agreement.objects.filter(pk=agreement.pk).update(successor=successor)
    agreement.successor = successor
    audit.record("agreement.renew", agreement, by=by, successor=successor.pk)
    return successor


def _schools(agreement: Agreement) -> int:
    return agreement.parties.present().filter(position__gt=0).count()


def check_end(agreement: Agreement, by: Actor) -> None:
    """Raise PermissionDenied for whoever may not end or suspend the whole of it: a school that is not the only one."""
    require(by, Permission.AGREEMENT_END, agreement)
    if agreement.is_amendment:
        raise PermissionDenied("agreement.end")
    if by.is_system:
        return
    mine = agreements.party_of(agreement, by)
    if not mine.is_venue and _schools(agreement) > 1:
        raise PermissionDenied("agreement.end")
