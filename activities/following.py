"""What becomes of assignments when something else changes: the session, a check, a listing.

Whoever changes a session calls these before the change, in the same transaction; `reopen_due` is the sweep's.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from activities import counselor_notices
from activities.models import Assignment, Check, Session
from partnerships.models import Listing
from people import thresholds
from people.actors import SYSTEM
from people.models import District
from people.workflow import move, verb
from portal.lib import clock, sweeping

State = Assignment.State
SHIFT = dt.timedelta(minutes=30)  # up to this much is the same appointment: a notice is enough
UNSIGNED = {"counselor_at": None, "counselor_by": None}


def standing(session: Session) -> QuerySet[Assignment]:
    """Who is asked, has applied, or is coming."""
    states = (State.INVITED, State.APPLIED, State.CONFIRMED)
    return session.assignments.filter(state__in=states).with_names().order_by("pk")


def session_cancelled(session: Session, *, reason: str) -> int:
    """Everybody asked or coming is told, and free again. Returns how many."""
    rows = list(standing(session))
    for assignment in rows:
        move(assignment, "cancel", by=SYSTEM, is_live=False, reason=reason)
        counselor_notices.tell_cancelled(assignment)
    return len(rows)


def session_postponed(session: Session) -> None:
    """Nobody agreed to a time that is not known yet: who was coming is free, and asked again with the new time."""
    _ask_again(session, "assignment.postponed")


def session_moved(session: Session, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    """Called before the times change: beyond half an hour both sides agree anew, within it everybody is told."""
    if max(abs(starts_at - session.starts_at), abs(ends_at - session.ends_at)) > SHIFT:
        _ask_again(session, "assignment.moved", when=starts_at)
        return
    for assignment in standing(session):
        counselor_notices.tell_moved(assignment, "assignment.shifted", starts_at)


def _ask_again(session: Session, kind: str, when: dt.datetime | None = None) -> None:
    for assignment in standing(session):
        if assignment.state == State.CONFIRMED:
            move(assignment, "ask_again", by=SYSTEM, is_live=False, **UNSIGNED)
        elif assignment.state == State.APPLIED:  # for another time than the new one
            move(assignment, "withdraw", by=SYSTEM)
        counselor_notices.tell_moved(assignment, kind, when or session.starts_at)


def due() -> QuerySet[Assignment]:
    """Agreed and to come, but the listing has ended, or no check covers the day and it has run out or the day is near.

    A check that runs out between now and the session may still be renewed: until it does run out, or until the
    district's days before the session, the assignment stands.
    """
    today = clock.today()
    live = Assignment.objects.live().upcoming().annotate(on_day=TruncDate("starts_at"))
    check = Check.objects.standing().filter(
        counselor=OuterRef("counselor"), unit__district=OuterRef("district"), outcome=Check.Outcome.CLEAR
    )
    listed = Listing.objects.listed().filter(organisation=OuterRef("counselor"), district=OuterRef("district"))
    rows = live.annotate(
        is_listed=Exists(listed),
        covers=Exists(check.filter(valid_until__gt=OuterRef("on_day"))),
        counts=Exists(check.filter(valid_until__gt=today)),
    )
    lacking = Q(is_listed=False)
    for district in District.objects.filter(pk__in=live.values("district")):
        values = thresholds.of(district.pk)
        near = today + dt.timedelta(days=values["counselor_near_days"])
        run_out = Q(covers=False) & (Q(counts=False) | Q(on_day__lte=near))
        lacking |= Q(district=district, counselor__kind__in=values["counselor_check_kinds"]) & run_out
    return rows.filter(lacking).with_names().order_by("pk")


def count_due() -> int:
    return due().count()


def reopen_due() -> int:
    """Reopen what is due, each in its own transaction; run again, it finds nothing. Returns how many."""
    return sweeping.each(due(), reopen)


@verb
def reopen(assignment: Assignment) -> bool:
    """Free the counselor and tell school, venue and person, once. False when it has changed meanwhile."""
    assignment = Assignment.objects.select_for_update(of=("self",)).with_names().get(pk=assignment.pk)
    found = due().filter(pk=assignment.pk).values_list("is_listed", flat=True).first()
    if found is None:
        return False
    lacking = Assignment.Lacking.CHECK if found else Assignment.Lacking.LISTING
    move(assignment, "reopen", by=SYSTEM, is_live=False, lacking=lacking)
    counselor_notices.tell_reopened(assignment)
    return True
