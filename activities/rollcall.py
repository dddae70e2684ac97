"""Roll call 点名: what the leader marks, the roll that is sent once, and its corrections.

Marks may be saved in parts; sending the roll completes the booking. No missing paper ever blocks a roll.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from activities import bookings, roll_days, roll_doubts, uses
from activities.models import THERE, Booking, Mark, RollChange, RollEntry
from partnerships.models import Enrolment
from people import audit
from people.access import require
from people.actors import Link, Person
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused, free_text

POST_CREDITS = "credits.post"  # rung by name: credits stand above activities
MOST_HEADS = 9999
STRANGER = _("The roll has changed since the page was opened. Load it again: your marks are kept.")
LATE = _("More than three school days have passed: the host must first confirm that you were there.")
LATE_AT_SCHOOL = _("More than three school days have passed: only the lead of your school can still record it.")
OPEN = _("%(left)s pupils have no mark yet.")
NO_ROLL = _("There is no roll to call: the booking is “%(state)s”.")
SENT = _("This roll has been sent already. Correct it on its own page.")


@dataclass(frozen=True)
class Said:
    """What the leader says about one pupil; an empty mark takes back one that was not sent yet."""

    mark: str
    task_sheet: bool = False


def everybody(booking: Booking, mark: str = Mark.PRESENT, *, task_sheet: bool = False) -> dict[int, Said]:
    """The same mark for every pupil on the roll."""
    return {pk: Said(mark, task_sheet) for pk in booking.roll.values_list("pk", flat=True)}


@verb
def mark(
    booking: Booking, *, marks: Mapping[int, Said], by: Person | Link, marked_at: dt.datetime | None = None
) -> int:
    """Save marks by roll entry, as many as there are; the roll stays open. Returns how many changed."""
    _let_in(booking, by)
    _lock(booking)
    _need_open(booking)
    return len(_write(booking, marks, by=by, marked_at=_act(marked_at)))


@verb
def complete(
    booking: Booking,
    *,
    by: Person | Link,
    marks: Mapping[int, Said] | None = None,
    heads: int | None = None,
    marked_at: dt.datetime | None = None,
    request_key: uuid.UUID | None = None,
) -> Booking:
    """Send the roll: every pupil has a mark, pupils without a name are counted; the booking is attended.

    `marked_at` is when the leader acted, the present moment when the roll arrived. The same `request_key`
    again is the same answer. Raises Refused: too early, too late without the host, marks or heads missing.
    """
    _let_in(booking, by)
    _lock(booking)
    if request_key and booking.roll_key == request_key:
        return booking
    _need_open(booking)
    if clock.today() < booking.session.day:
        raise Refused("roll.early", _("The roll can be sent from the day of the session on."))
    if roll_days.needs_word(booking, by):
        raise Refused("roll.late", LATE_AT_SCHOOL if roll_days.is_own(booking) else LATE)
    _write(booking, marks or {}, by=by, marked_at=_act(marked_at))
    left = booking.roll.filter(mark=None).count()
    if left:
        raise Refused("roll.open", OPEN, left=left)
    bookings.complete(
        booking,
        by=by,
        called_at=clock.now(),
        called_by=by.membership,
        attended=_counted(booking, heads),
        roll_key=request_key,
    )
    roll_doubts.look_at_time(booking, marked_at, by=by)
    ring(POST_CREDITS, booking.pk)
    return booking


@verb
def correct(
    booking: Booking,
    *,
    by: Person | Link,
    why: str,
    marks: Mapping[int, Said],
    heads: int | None = None,
    marked_at: dt.datetime | None = None,
) -> int:
    """Correct a sent roll. The old marks stay in the record; commitments and credits follow. Returns how many changed."""
    _let_in(booking, by)
    _lock(booking)
    if booking.state != Booking.State.ATTENDED:
        raise Refused("roll.unsent", _("This roll has not been sent yet."))
    if not why.strip():
        raise Refused("roll.why", _("Say why the roll is corrected."))
    changes = _write(booking, marks, by=by, marked_at=_act(marked_at))
    _record(changes, why=why, by=by)
    was, counted = booking.attended, _counted(booking, heads)
    if counted != was:
        Booking.objects.filter(pk=booking.pk).update(attended=counted)
        booking.attended = counted
    if changes or counted != was:
        audit.record(
            "booking.correct_roll", booking, by=by, was=str(was or ""), is_now=str(counted or ""), n=len(changes)
        )
        uses.settle(booking)
        ring(POST_CREDITS, booking.pk)
    return len(changes) + (counted != was)


@verb
def add(booking: Booking, *, enrolments: Collection[Enrolment], by: Person | Link) -> int:
    """Pupils of the same school who came without being booked. Returns how many are new on the roll.

    On a roll that was sent they stand as present, and the change is recorded. Who stands on another roll in the same
    time is not added: the school looks at it (roll_reviews.py).
    """
    _let_in(booking, by)
    _lock(booking)
    if booking.state not in (Booking.State.CONFIRMED, Booking.State.ATTENDED):
        raise Refused("roll.state", NO_ROLL, state=booking.get_state_display())
    if any(enrolment.school_class.school_id != booking.school_id for enrolment in enrolments):
        raise PermissionDenied("a pupil of another school")
    there = set(booking.roll.values_list("student_id", flat=True))
    enrolments = [enrolment for enrolment in enrolments if enrolment.student_id not in there]
    others = roll_doubts.elsewhere(booking, enrolments)
    roll_doubts.keep(booking, [enrolment for enrolment in enrolments if enrolment.pk in others], others, by=by)
    slot = booking.session
    new = RollEntry.objects.bulk_create(
        RollEntry(
            booking=booking, student_id=enrolment.student_id, enrolment=enrolment, added=True,
            session=slot, starts_at=slot.starts_at, ends_at=slot.ends_at,
        )
        for enrolment in enrolments
        if enrolment.pk not in others
    )  # fmt: skip
    if new:
        audit.record("booking.add_pupils", booking, by=by, n=len(new))
    if new and booking.called_at:
        changes = _write(booking, {entry.pk: Said(Mark.PRESENT) for entry in new}, by=by, marked_at=clock.now())
        _record(changes, why=str(_("added on the spot")), by=by)
        uses.settle(booking)
        ring(POST_CREDITS, booking.pk)
    return len(new)


def unnamed(booking: Booking) -> int:
    """How many booked pupils stand on no roll."""
    if booking.by == Booking.By.HEADS:
        return booking.pupils
    return sum(booking.classes.values_list("heads", flat=True))


def _let_in(booking: Booking, by: Person | Link) -> None:
    require(by, Permission.ROLL_CALL, booking)
    if not roll_days.is_open_to(booking, by):
        raise PermissionDenied("outside the roll's window")


def _need_open(booking: Booking) -> None:
    if booking.called_at:
        raise Refused("roll.sent", SENT)
    if booking.state != Booking.State.CONFIRMED:
        raise Refused("roll.state", NO_ROLL, state=booking.get_state_display())


def _lock(booking: Booking) -> None:
    """One writer a roll at a time; the row in hand becomes what it is now."""
    Booking.objects.select_for_update(no_key=True).filter(pk=booking.pk).values_list("pk").get()
    booking.refresh_from_db(fields=["state", "called_at", "called_by", "attended", "arrived_at", "roll_key"])


def _act(marked_at: dt.datetime | None) -> dt.datetime:
    """When the leader acted; a phone whose clock runs ahead does not act in the future."""
    now = clock.now()
    return min(marked_at or now, now)


def _write(
    booking: Booking, marks: Mapping[int, Said], *, by: Person | Link, marked_at: dt.datetime
) -> list[tuple[RollEntry, str, bool]]:
    """Set what differs. Returns the entries that changed, with the mark and the sheet of before."""
    entries = {entry.pk: entry for entry in booking.roll.all()}
    changed = []
    for pk, said in marks.items():
        entry = entries.get(pk)
        if entry is None:
            raise Refused("roll.stranger", STRANGER)
        if said.mark not in Mark.values and (said.mark or booking.called_at):
            raise Refused("roll.mark", _("Choose a mark for each pupil."))
        sheet = said.task_sheet and said.mark in THERE
        if (entry.mark or "", entry.task_sheet) == (said.mark, sheet):
            continue
        changed.append((entry, entry.mark or "", entry.task_sheet))
        entry.mark, entry.task_sheet = said.mark or None, sheet
        entry.marked_at, entry.marked_by = (marked_at, by.membership) if said.mark else (None, None)
    fields = ["mark", "task_sheet", "marked_at", "marked_by"]
    RollEntry.objects.bulk_update([entry for entry, _mark, _sheet in changed], fields)
    return changed


def _record(changes: list[tuple[RollEntry, str, bool]], *, why: str, by: Person | Link) -> None:
    RollChange.objects.bulk_create(
        RollChange(
            entry=entry, old=old, new=entry.mark or "", old_sheet=old_sheet, new_sheet=entry.task_sheet,
            why=free_text(why), changed_at=clock.now(), changed_by=by.membership,
        )
        for entry, old, old_sheet in changes
    )  # fmt: skip


def _counted(booking: Booking, heads: int | None) -> int | None:
    """Pupils who came of those without a name; None where everybody has one."""
    if not unnamed(booking):
        return None
    if heads is None:
        heads = booking.attended
    if heads is None or not 0 <= heads <= MOST_HEADS:
        raise Refused("roll.heads", _("Enter how many pupils came."))
    return heads
