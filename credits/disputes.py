"""Verbs of objections: entered for a family while a publication is open, decided by a second person."""

from django.utils.translation import gettext_lazy as _

from activities.models import Booking, RollEntry
from credits import ledger
from credits.models import Dispute, Entry, Publication, Result
from partnerships.models import Student
from people import notices
from people.access import require
from people.actors import Actor
from people.audit import record
from people.roles import Permission, Role
from people.workflow import SENTENCES, move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

DECIDERS = (Role.SCHOOL_LEAD, Role.COORDINATOR)


@verb
def object_to(entry: Entry, *, by: Actor, reason: str) -> Dispute:
    """Enter that a family says this entry should not stand; its publication must be open."""
    shown = getattr(entry, "published", None)
    if shown is None:
        raise Refused("dispute_unpublished", _("This entry has not been published yet."))
    if entry.reversals.exists():
        raise Refused("dispute_taken_back", _("These points have been taken back already."))
    return _enter(
        shown.publication, by=by, reason=reason, student=entry.account.student, entry=entry, roll_entry=entry.roll_entry
    )


@verb
def object_to_missing(
    publication: Publication, *, by: Actor, reason: str, student: Student, roll_entry: RollEntry | None = None
) -> Dispute:
    """Enter that a family misses an entry: for a line of a roll that earned nothing, or for what is on no roll."""
    if roll_entry is not None and (
        roll_entry.student_id != student.pk or roll_entry.booking.school_id != publication.school_id
    ):
        raise Refused("dispute_other_pupil", _("This line of the roll is another pupil's."))
    return _enter(publication, by=by, reason=reason, student=student, entry=None, roll_entry=roll_entry)


def _enter(
    publication: Publication,
    *,
    by: Actor,
    reason: str,
    student: Student,
    entry: Entry | None,
    roll_entry: RollEntry | None,
) -> Dispute:
    require(by, Permission.DISPUTE_RAISE, publication)
    if not reason.strip():
        raise Refused("dispute_reason", _("An objection says what is wrong."))
    locked = Publication.objects.select_for_update().select_related("school_class").get(pk=publication.pk)
    if not locked.is_open:
        raise Refused("credits_dispute_in_time", SENTENCES["credits_dispute_in_time"])
    dispute = Dispute.objects.create(
        publication=locked,
        student=student,
        entry=entry,
        roll_entry=roll_entry,
        reason=free_text(reason),
        raised_at=clock.now(),
        raised_by=by.user,
    )
    record("dispute.raise", dispute, by=by, is_now=dispute.state)
    deciders = [user for user in notices.members(locked.school_id, *DECIDERS) if user != by.user]
    _tell("dispute_raised", dispute, to=deciders, by=by)
    return dispute


@verb
def uphold(dispute: Dispute, *, by: Actor, answer: str) -> None:
    """The family is right. The ledger judges the fact again and takes back, or awards; nothing is edited.

    A missing entry must be earned by then: correct the roll first, the refusal says what it lacks."""
    _decide(dispute, "uphold", by=by, answer=answer)
    fact: Booking | Result | None = dispute.entry.result if dispute.entry else None
    if dispute.roll_entry:
        fact = dispute.roll_entry.booking
    if fact is None:
        return
    ledger.post(fact)
    stands = Entry.objects.standing().filter(roll_entry=dispute.roll_entry_id).exists()
    if dispute.is_about_missing and not stands:
        raise Refused(
            "dispute_not_earned",
            _("By the roll as it stands now this pupil still earns nothing. Correct the roll first, then decide."),
        )


@verb
def dismiss(dispute: Dispute, *, by: Actor, answer: str) -> None:
    """What was shown is right, and the answer says why."""
    _decide(dispute, "dismiss", by=by, answer=answer)


def _decide(dispute: Dispute, name: str, *, by: Actor, answer: str) -> None:
    require(by, Permission.DISPUTE_DECIDE, dispute)
    if by.user is not None and by.user.pk == dispute.raised_by_id:
        raise Refused("dispute_two_people", _("Whoever entered an objection does not decide it: ask a second person."))
    if not answer.strip():
        raise Refused("dispute_answer", _("Write the answer for the family."))
    move(dispute, name, by=by, answer=free_text(answer), decided_at=clock.now(), decided_by=by.user)
    _tell("dispute_decided", dispute, to=[dispute.raised_by], by=by)


def _tell(kind: str, dispute: Dispute, *, to: list, by: Actor) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"dispute:{dispute.pk}",
        path=f"/disputes/{dispute.pk}/",
        facts={"class": dispute.publication.label, "by": by.label},
    )
