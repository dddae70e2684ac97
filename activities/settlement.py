"""Settlement 补助核发: gather → check → approve by a second person → pay sheet → locked; corrections by counter-line."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from activities import pay_sheet, rates
from activities.models import ServiceRecord, Settlement, SettlementLine
from activities.models.service_record import State
from partnerships.models import Term
from people import audit, notices, thresholds
from people.access import require
from people.actors import Actor
from people.models import Membership, User
from people.roles import Permission, Role
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused, said

EMPTY = _("There is nothing to settle: the settlement has no line.")


@dataclass
class Found:
    """What gathering sees in a term: what can be paid, and what cannot and why."""

    ready: list[tuple[ServiceRecord, Decimal]] = field(default_factory=list)
    without_rate: list[ServiceRecord] = field(default_factory=list)
    unanswered: list[ServiceRecord] = field(default_factory=list)  # claimed or objected to
    still_open: list[ServiceRecord] = field(default_factory=list)  # one may still object


def amount_of(minutes: int, rate: Decimal, class_hour_minutes: int) -> Decimal:
    """Yuan for so many minutes, rounded half away from zero to fen, as the database reckons it."""
    return (minutes * rate / class_hour_minutes).quantize(Decimal("0.01"), ROUND_HALF_UP)


def survey(district_id: int, term: Term) -> Found:
    """The paid hours of a term that stand in no settlement yet."""
    found, table, today = Found(), rates.Table(district_id), clock.today()
    rows = ServiceRecord.objects.paid().filter(district_id=district_id, lines__isnull=True)
    for record in rows.exclude(state=State.TURNED_DOWN).with_names().order_by("starts_at", "pk"):
        if not term.holds(record.day):
            continue
        rate = table.of(record.kind, record.locality, record.day)
        if record.state in (State.CLAIMED, State.OBJECTED):
            found.unanswered.append(record)
        elif record.object_until and today <= record.object_until:
            found.still_open.append(record)
        elif rate is None:
            found.without_rate.append(record)
        else:
            found.ready.append((record, rate))
    return found


@verb
def open_batch(term: Term, *, by: Actor) -> Settlement:
    """Open the next settlement of a term and gather what can be paid."""
    require(by, Permission.SETTLEMENT_PREPARE, term)
    last = Settlement.objects.filter(term=term).aggregate(n=Max("number"))["n"] or 0
    batch = Settlement.objects.create(
        district_id=term.district_id,
        term=term,
        number=last + 1,
        class_hour_minutes=thresholds.of(term.district_id, on=min(clock.today(), term.last_day))["class_hour_minutes"],
        opened_at=clock.now(),
    )
    audit.record("settlement.open", batch, by=by, is_now=batch.state)
    gather(batch, by=by)
    return batch


@verb
def gather(batch: Settlement, *, by: Actor) -> int:
    """Take up every confirmed paid hour of the term whose days of objection are over and that has a rate.

    Run again it adds what has come since. Returns how many lines are new.
    """
    require(by, Permission.SETTLEMENT_PREPARE, batch)
    _need_gathering(batch)
    ready = survey(batch.district_id, batch.term).ready
    SettlementLine.objects.bulk_create(
        SettlementLine(
            settlement=batch,
            record=record,
            minutes=record.paid_minutes,
            rate=rate,
            class_hour_minutes=batch.class_hour_minutes,
            amount=amount_of(record.paid_minutes, rate, batch.class_hour_minutes),
        )
        for record, rate in ready
    )
    if ready:
        audit.record("settlement.gather", batch, by=by, lines=len(ready))
    return len(ready)


@verb
def leave_out(line: SettlementLine, *, by: Actor) -> None:
    """Take a line out while the settlement is gathered; its hours wait for the next one."""
    require(by, Permission.SETTLEMENT_PREPARE, line)
    _need_gathering(line.settlement)
    audit.record("settlement.leave_out", line.settlement, by=by, record=line.record_id)
    line.delete()


@verb
def correct(batch: Settlement, line: SettlementLine, *, by: Actor, minutes: int, reason: str) -> SettlementLine:
    """Correct a locked line by its difference to `minutes`, the right ones in all, in this batch (补差)."""
    require(by, Permission.SETTLEMENT_PREPARE, batch)
    _need_gathering(batch)
    reason = said(reason, _("Say why the line is corrected."))
    if line.corrects_id is not None or line.settlement.state != Settlement.State.LOCKED:
        raise Refused("settlement.not_locked", _("Only lines of a locked settlement are corrected."))
    if line.settlement.district_id != batch.district_id or minutes < 0:
        raise Refused("settlement.line", _("This line can't be corrected here."))
    earlier = line.corrections.aggregate(n=Sum("minutes"))["n"] or 0
    difference = minutes - line.minutes - earlier
    if difference == 0:
        raise Refused("settlement.same", _("These are the minutes that were paid."))
    made = SettlementLine.objects.create(
        settlement=batch,
        record_id=line.record_id,
        minutes=difference,
        rate=line.rate,
        class_hour_minutes=line.class_hour_minutes,
        amount=amount_of(difference, line.rate, line.class_hour_minutes),
        corrects=line,
        reason=reason[:200],
    )
    audit.record("settlement.correct", batch, by=by, line=line.pk, minutes=difference)
    return made


@verb
def submit(batch: Settlement, *, by: Actor) -> Settlement:
    """Hand in for approval: the lines are fixed from now on."""
    if not batch.lines.exists():
        raise Refused("settlement.empty", EMPTY)
    move(batch, "submit", by=by, proposed_at=clock.now(), proposed_by=by.user)
    officers = [user for user in notices.officers(batch.district_id) if user != by.user]
    _tell("settlement.to_approve", batch, officers, slot=batch.proposed_at.isoformat())
    return batch


@verb
def send_back(batch: Settlement, *, by: Actor, reason: str) -> Settlement:
    """Return it for correction, with the reason."""
    reason = said(reason, _("Say why it is returned."))
    proposer = batch.proposed_by
    move(batch, "return", by=by, proposed_at=None, proposed_by=None)
    _tell(
        "settlement.returned",
        batch,
        [proposer] if proposer else [],
        slot=clock.now().isoformat(),
        reason=reason[:200],
    )
    return batch


@verb
def approve(batch: Settlement, *, by: Actor) -> Settlement:
    """A second person approves; the database refuses the one who handed it in. Nobody approves pay of their own."""
    own = Membership.objects.active().filter(user=by.user, role=Role.COUNSELOR).values("organisation")
    if batch.lines.filter(record__counselor__in=own).exists():
        raise Refused("settlement.own", _("Hours of your own stand in this settlement: another officer approves it."))
    move(batch, "approve", by=by, confirmed_at=clock.now(), confirmed_by=by.user)
    counselors = ServiceRecord.objects.filter(lines__settlement=batch).values_list("counselor", flat=True).distinct()
    paid = [user for counselor in counselors for user in notices.members(counselor, Role.COUNSELOR)]
    _tell("settlement.approved", batch, paid, path="/hours/")
    return batch


@verb
def export(batch: Settlement, *, by: Actor) -> bytes:
    """The pay sheet (劳务费发放表). The first export of an approved settlement keeps its digest; later ones are equal."""
    require(by, Permission.SETTLEMENT_PREPARE, batch)
    if batch.state in (Settlement.State.GATHERING, Settlement.State.CHECKING):
        raise Refused("settlement.unapproved", _("The pay sheet is made of an approved settlement."))
    content = pay_sheet.xlsx(batch)
    digest = hashlib.sha256(content).hexdigest()
    if batch.state == Settlement.State.APPROVED:
        move(batch, "export", by=by, pay_sheet_sha256=digest)
    else:
        audit.record("settlement.export_again", batch, by=by, is_now=digest[:12])
    return content


@verb
def lock(batch: Settlement, *, by: Actor) -> Settlement:
    """Lock it: its hours are settled, and nothing of it changes any more."""
    for record in ServiceRecord.objects.filter(lines__settlement=batch, state=State.CONFIRMED).order_by("pk"):
        move(record, "settle", by=by)
    move(batch, "lock", by=by, locked_at=clock.now())
    return batch


def _need_gathering(batch: Settlement) -> None:
    """One writer of lines at a time, and only while it is gathered."""
    now = Settlement.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if now.state != Settlement.State.GATHERING:
        raise Refused("changed", CHANGED)


def _tell(kind: str, batch: Settlement, to: Iterable[User], *, slot: str = "", path: str = "", **facts: str) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"settlement:{batch.pk}",
        due_slot=slot[:40],
        path=path or f"/settlements/{batch.pk}/",
        facts={"title": batch.title, **facts},
    )
