"""成果登记: one side enters what was delivered, the other side confirms it; only then does it count."""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from partnerships import agreements, commitments, scans
from partnerships.models import Commitment, Deliverable
from people import audit, notices
from people.access import require
from people.actors import Actor
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text, said

READERS = (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.VENUE_LEAD, Role.VENUE_STAFF)


@verb
def enter(
    commitment: Commitment,
    *,
    by: Actor,
    title: str,
    happened_on: dt.date,
    request_key: uuid.UUID,
    amount: int = 1,
    evidence: str = "",
    scan: bytes | None = None,
    file_name: str = "",
) -> Deliverable:
    """Say what was delivered, when, and how it can be seen; the same `request_key` gives the same record.

    Raises Refused for a promise that bookings or hours deliver, a day outside its term or the agreement, no evidence.
    """
    require(by, Permission.DELIVERABLE_ENTER, commitment)
    mine = agreements.party_of(commitment.agreement, by)
    if found := Deliverable.objects.filter(entered_by=mine.organisation, request_key=request_key).first():
        return found
    if commitment.kind not in Commitment.BY_RECORD:
        raise Refused("deliverable.kind", _("This promise is counted by bookings or hours, not by records."))
    term = commitment.term
    if happened_on > clock.today() or not term.starts_on <= happened_on < term.ends_on:
        raise Refused("deliverable.day", _("The day lies in the term of the promise, and is not in the future."))
    if not commitment.agreement.is_in_force(happened_on):
        raise Refused("deliverable.agreement", _("The agreement was not in force on that day."))
    kept = scans.keep(scan, by=by, owner=mine.organisation, file_name=file_name) if scan else None
    record = Deliverable.objects.create(
        commitment=commitment,
        district_id=commitment.agreement.district_id,
        title=title.strip(),
        happened_on=happened_on,
        amount=amount,
        evidence=free_text(evidence),
        scan=kept,
        entered_by=mine.organisation,
        entered_by_user=by.user,
        entered_at=clock.now(),
        request_key=request_key,
    )
    audit.record("deliverable.enter", record, by=by, is_now=record.state, amount=amount)
    _tell("deliverable_to_confirm", record, _other_side(record))
    return record


@verb
def confirm(record: Deliverable, *, by: Actor) -> Deliverable:
    """The other side confirms: it counts as delivered. The database refuses more than a ceiling."""
    _answer(record, "confirm", by=by)
    commitments.correct(record.commitment, delivered=record.amount)
    _tell("deliverable_confirmed", record, [record.entered_by_id])
    return record


@verb
def turn_down(record: Deliverable, *, by: Actor, reason: str) -> Deliverable:
    """The other side does not confirm, and says why."""
    _answer(record, "turn_down", by=by, reason=said(reason)[:200])
    _tell("deliverable_turned_down", record, [record.entered_by_id], reason=record.reason)
    return record


@verb
def take_back(record: Deliverable, *, by: Actor, reason: str) -> Deliverable:
    """A confirmation was a mistake: it does not count any more."""
    _answer(record, "take_back", by=by, reason=said(reason)[:200])
    commitments.correct(record.commitment, delivered=-record.amount)
    _tell("deliverable_turned_down", record, [record.entered_by_id], reason=record.reason)
    return record


@verb
def withdraw(record: Deliverable, *, by: Actor) -> Deliverable:
    """Whoever entered it takes it back before it is answered."""
    if by.organisation_id != record.entered_by_id:
        raise PermissionDenied("deliverable.withdraw")
    move(record, "withdraw", by=by)
    return record


def may_answer(record: Deliverable, by: Actor) -> bool:
    """The venue answers a school, a school of the agreement answers the venue."""
    venue = record.agreement.venue_id
    if record.entered_by_id == venue:
        return by.organisation_id in record.organisation_ids() - {venue}
    return by.organisation_id == venue


def _answer(record: Deliverable, name: str, *, by: Actor, reason: str = "") -> None:
    require(by, Deliverable.MOVES[name].permission, record)
    if not may_answer(record, by):
        raise PermissionDenied(f"deliverable.{name}")
    agreements.party_of(record.agreement, by)
    move(record, name, by=by, reason=reason, answered_at=clock.now(), answered_by=by.organisation)


def _other_side(record: Deliverable) -> list[int]:
    agreement = record.agreement
    if record.entered_by_id != agreement.venue_id:
        return [agreement.venue_id]
    return list(agreement.parties.present().filter(position__gt=0).values_list("organisation_id", flat=True))


def _tell(kind: str, record: Deliverable, organisations: list[int], **facts: str) -> None:
    for organisation in organisations:
        notices.send(
            kind,
            to=notices.members(organisation, *READERS),
            subject=f"deliverable:{record.pk}",
            path=f"/deliverables/{record.pk}/",
            facts={"title": record.title, "organisation": record.entered_by.name_zh, **facts},
            district=record.district_id,
        )
