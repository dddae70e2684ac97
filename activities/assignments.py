"""双向选择: a school or venue invites for a session, or a counselor applies; both accept, either steps back in time."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from activities import checks, counselor_notices, hosts
from activities.models import Assignment, Counselor, Session
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text, said

State = Assignment.State
Word = tuple[dt.datetime, Membership]  # when a side said yes, and in which hat
NOT_AVAILABLE = _("Not available at that time.")
ASKED = _("This counselor has already been asked, or has applied.")


@verb
def need(session: Session, *, by: Actor, wanted: bool, field: str = "") -> None:
    """The host says whether the session needs a counselor, and in which field. Raises Refused once it has begun."""
    hosts.require_host(session, by)
    if session.has_begun:
        raise Refused("session.begun", _("The session has begun."))
    Session.objects.filter(pk=session.pk).update(needs_counselor=wanted, counselor_field=field if wanted else "")
    session.refresh_from_db(fields=["needs_counselor", "counselor_field"])
    audit.record("session.need_counselor", session, by=by, wanted=wanted, field=field)


@verb
def invite(session: Session, *, counselor: Counselor, by: Actor) -> Assignment:
    """The host asks a counselor; one who has applied already is thereby accepted.

    Raises Refused when they are not listed, not checked for that day, not available, or asked already.
    """
    host = hosts.require_host(session, by)
    _open(session)
    found = Assignment.objects.filter(session=session, counselor=counselor).first()
    if found and found.state == State.APPLIED and found.host_id == host.pk:
        return take_on(found, by=by)
    _askable(found, "invite")
    district_id = hosts.district_for(host, counselor, session.day)
    check_free(counselor, session.starts_at, session.ends_at)
    asked = {
        "host": host, "district_id": district_id, "contact": hosts.hat_of(by),
        "host_at": clock.now(), "host_by": hosts.hat_of(by),
        "counselor_at": None, "counselor_by": None, "asked_at": clock.now(),
    }  # fmt: skip
    assignment = _ask(found, "invite", session, counselor, by=by, **asked)
    if not session.needs_counselor:
        Session.objects.filter(pk=session.pk).update(needs_counselor=True)
        session.needs_counselor = True
    counselor_notices.tell_invited(assignment)
    return assignment


@verb
def invite_all(sessions: list[Session], *, counselor: Counselor, by: Actor) -> int:
    """Ask for several dates at once, all or none. Returns how many."""
    for session in sessions:
        invite(session, counselor=counselor, by=by)
    return len(sessions)


@verb
def apply(session: Session, *, by: Actor) -> Assignment:
    """A counselor applies for a session that still needs one; whoever was invited already thereby accepts."""
    require(by, Permission.ASSIGNMENT_SERVE)
    counselor = Counselor.objects.get(pk=by.organisation_id)
    _open(session)
    found = Assignment.objects.filter(session=session, counselor=counselor).first()
    if found and found.state == State.INVITED:
        return accept(found, by=by)
    _askable(found, "apply")
    host = hosts.main_host(session)
    district_id = hosts.district_for(host, counselor, session.day)
    check_free(counselor, session.starts_at, session.ends_at)
    if not Session.objects.lacking_counselor().filter(pk=session.pk).exists():
        raise Refused("assignment.settled", _("A counselor has been found for this session."))
    asked = {
        "host": host, "district_id": district_id, "host_at": None, "host_by": None,
        "counselor_at": clock.now(), "counselor_by": hosts.hat_of(by), "asked_at": clock.now(),
    }  # fmt: skip
    assignment = _ask(found, "apply", session, counselor, by=by, **asked)
    counselor_notices.tell_applied(assignment)
    return assignment


def _askable(found: Assignment | None, name: str) -> None:
    if found and found.state not in Assignment.MOVES[name].sources:
        raise Refused("assignment_once", ASKED)


def _ask(
    found: Assignment | None, name: str, session: Session, counselor: Counselor, *, by: Actor, **asked: object
) -> Assignment:
    """The row of the two, new or asked once more."""
    if found:
        # may() judges the row by its host, which is another one when place and provider ask in turn
        found.host_id = asked["host"].pk  # type: ignore[attr-defined]
        move(found, name, by=by, lacking="", reason="", **asked)
        return found
    assignment = Assignment.objects.create(
        session=session, counselor=counselor, starts_at=session.starts_at, ends_at=session.ends_at,
        state=Assignment.MOVES[name].target, **asked,
    )  # fmt: skip
    audit.record(f"assignment.{name}", assignment, by=by, is_now=assignment.state, session=session.pk)
    return assignment


@verb
def accept(assignment: Assignment, *, by: Actor) -> Assignment:
    """The counselor accepts the invitation: from now on both agreed, and the time is taken in every district."""
    return _agree(assignment, "accept", by=by, counselor_at=clock.now(), counselor_by=hosts.hat_of(by))


@verb
def take_on(assignment: Assignment, *, by: Actor) -> Assignment:
    """The host accepts the application."""
    return _agree(assignment, "take_on", by=by, host_at=clock.now(), host_by=hosts.hat_of(by), contact=hosts.hat_of(by))


def _agree(assignment: Assignment, name: str, *, by: Actor, **signature: object) -> Assignment:
    require(by, Assignment.MOVES[name].permission, assignment)
    session = Session.objects.select_for_update(no_key=True).get(pk=assignment.session_id)  # nobody cancels it now
    _open(session)
    missing = checks.lacking(assignment.counselor, assignment.district_id, session.day)
    if missing:
        raise Refused(f"assignment.{missing}", hosts.SENTENCES[missing])
    move(assignment, name, by=by, is_live=True, reason="", **signature)
    counselor_notices.tell_confirmed(assignment)
    return assignment


@verb
def decline(assignment: Assignment, *, by: Actor, reason: str = "") -> None:
    """The counselor declines the invitation; a reason is welcome, not asked for."""
    move(assignment, "decline", by=by, reason=free_text(reason))
    counselor_notices.tell_declined(assignment, by_host=False)


@verb
def turn_down(assignment: Assignment, *, by: Actor, reason: str = "") -> None:
    """The host declines the application."""
    move(assignment, "turn_down", by=by, reason=free_text(reason))
    counselor_notices.tell_declined(assignment, by_host=True)


@verb
def withdraw(assignment: Assignment, *, by: Actor, reason: str = "") -> None:
    """The counselor takes the application back."""
    move(assignment, "withdraw", by=by, reason=free_text(reason))


@verb
def recall(assignment: Assignment, *, by: Actor, reason: str = "") -> None:
    """The host takes the invitation back."""
    move(assignment, "recall", by=by, reason=free_text(reason))
    counselor_notices.tell_stepped_back(assignment, by_host=True)


@verb
def give_up(assignment: Assignment, *, by: Actor, reason: str) -> None:
    """The counselor can't come after all: the session needs somebody else, the host is told why."""
    _step_back(assignment, "give_up", by=by, reason=reason)
    counselor_notices.tell_stepped_back(assignment, by_host=False)


@verb
def release(assignment: Assignment, *, by: Actor, reason: str) -> None:
    """The host does without the counselor, who is told why and is free again."""
    _step_back(assignment, "release", by=by, reason=reason)
    counselor_notices.tell_stepped_back(assignment, by_host=True)


@verb
def agree(session: Session, counselor: Counselor, *, by: Actor, host: Word, served: Word) -> Assignment:
    """Both have said yes in a request (点单), whose verb has asked whose turn it was: each word with its time and hat.

    Raises Refused when the counselor is not listed, not checked for that day, or not available.
    """
    assert session.school
    school = session.school.organisation
    (host_at, host_by), (counselor_at, counselor_by) = host, served
    assignment = Assignment.objects.create(
        session=session, counselor=counselor, starts_at=session.starts_at, ends_at=session.ends_at,
        host=school, district_id=hosts.district_for(school, counselor, session.day), contact=host_by,
        host_at=host_at, host_by=host_by, counselor_at=counselor_at, counselor_by=counselor_by,
        asked_at=min(host_at, counselor_at), state=State.CONFIRMED, is_live=True,
    )  # fmt: skip
    Session.objects.filter(pk=session.pk).update(needs_counselor=True)
    audit.record("assignment.accept", assignment, by=by, is_now=assignment.state, session=session.pk)
    return assignment


def _step_back(assignment: Assignment, name: str, *, by: Actor, reason: str) -> None:
    require(by, Assignment.MOVES[name].permission, assignment)
    if assignment.has_begun:
        raise Refused("session.begun", _("The session has begun."))
    reason = said(reason)
    move(assignment, name, by=by, is_live=False, reason=reason)


def _open(session: Session) -> None:
    """Counselors are found for sessions that are published and lie ahead."""
    if session.state != Session.State.OPEN or session.has_begun:
        raise Refused("assignment.session", _("Counselors are found for published sessions that lie ahead."))


def check_free(counselor: Counselor, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    """Say so early where the constraint would refuse at the end; never why, nor where."""
    if not Counselor.objects.free_between(starts_at, ends_at).filter(pk=counselor.pk).exists():
        raise Refused("assignment_one_place", NOT_AVAILABLE)
