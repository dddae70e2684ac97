"""Teacher training: who signs up, who was there, and how many hours (学时) that is."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from activities import seats, training_uses
from activities.models import Session, TrainingPlace
from people import audit, notices, thresholds
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.roles import Permission, Role
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused

SCHOOL_HATS = (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER)
NOT_OPEN = _("This training is not open for signing up.")


@verb
def sign_up(session: Session, *, by: Actor, teachers: Collection[Membership]) -> list[TrainingPlace]:
    """Give each teacher a place; all or none. A teacher signs up themselves, a coordinator anybody of the school.

    Raises Refused: not for teachers, not open, begun, full, in this or another training at that time.
    """
    require(by, Permission.TRAINING_SIGN_UP)
    if session.audience != Session.Audience.TEACHERS:
        raise Refused("training.audience", _("This session is not for teachers."))
    if session.phase != "open":
        raise Refused("training.closed", NOT_OPEN)
    if not teachers:
        raise Refused("training.nobody", _("Choose at least one teacher."))
    places = [_place(session, teacher, by) for teacher in sorted(teachers, key=lambda hat: hat.user_id)]
    seats.take(session, len(places), entitled=False)
    audit.record("session.sign_up", session, by=by, n=len(places), places=[place.pk for place in places])
    return places


def _place(session: Session, teacher: Membership, by: Actor) -> TrainingPlace:
    is_own = teacher.user_id == (by.user.pk if by.user else None)
    if teacher.role not in SCHOOL_HATS or not teacher.is_active:
        raise Refused("training.teacher", _("Only people of the school take part."))
    if not by.is_system and (teacher.organisation_id != by.organisation_id or (by.is_teacher and not is_own)):
        raise Refused("training.teacher", _("Only people of the school take part."))
    return TrainingPlace.objects.create(
        session=session,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        teacher=teacher,
        user_id=teacher.user_id,
        school_id=teacher.organisation_id,
        district_id=teacher.organisation.district_id,
        signed_up_by=getattr(by, "membership", None),
    )


@verb
def withdraw(place: TrainingPlace, *, by: Actor) -> None:
    """Give up a place before the session begins."""
    if place.session.has_begun:
        raise Refused("training.begun", _("The training has begun: whoever gives it notes who was there."))
    move(place, "withdraw", by=by, is_live=False)
    seats.give_back(place.session_id, 1, 0)


@verb
def attend(session: Session, *, by: Actor, present: Iterable[int]) -> int:
    """Note who was there, by key of the place; everybody else was not. Said again, it corrects. Returns how many came.

    The hours are the length of the session by the district's minutes of a training hour.
    """
    require(by, Permission.TRAINING_CONFIRM, session)
    if not session.has_begun:
        raise Refused("training.early", _("Attendance is noted once the training has begun."))
    there = set(present)
    places = list(session.training_places.live().select_related("session").order_by("pk"))
    if there - {place.pk for place in places}:
        raise Refused("training.stranger", _("The list has changed since the page was opened. Load it again."))
    values = {place.district_id: thresholds.of(place.district_id, on=session.day) for place in places}
    now, marker = clock.now(), getattr(by, "membership", None)
    for place in places:
        name, state = ("attend", "attended") if place.pk in there else ("miss", "absent")
        if place.state != state:
            hours = hours_of(session, values[place.district_id]) if name == "attend" else Decimal(0)
            move(place, name, by=by, hours=hours, marked_at=now, marked_by=marker)
    training_uses.settle(session)
    return len(there)


def hours_of(session: Session, values: thresholds.Values) -> Decimal:
    """Training hours of a session, to a tenth, at least a tenth."""
    hours = Decimal(session.minutes) / values["training_hour_minutes"]
    return max(hours.quantize(Decimal("0.1")), Decimal("0.1"))


def cancel_places(session: Session, *, by: Actor, reason: str) -> int:
    """End the places of a session that is being cancelled and tell the teachers. Call inside the cancelling verb."""
    places = list(session.training_places.filter(state=TrainingPlace.State.SIGNED_UP).select_related("user", "session"))
    for place in places:
        move(place, "cancel", by=by, is_live=False)
    if places:
        seats.give_back(session.pk, len(places), 0)
        notices.send(
            "training.cancelled",
            to=[place.user for place in places],
            subject=f"training:{session.pk}",
            path=f"/sessions/{session.pk}/",
            facts={
                "programme": session.programme.name_zh,
                "when": session.starts_at.isoformat(),
                "reason": reason,
            },
        )
    return len(places)
