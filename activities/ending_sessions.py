"""What an ending does to the sessions and counselors around the bookings, as its plan says. Part of its verb."""

from django.utils.translation import gettext_lazy as _

from activities import assignments, counselor_notices, following, sessions, uses
from activities.models import Assignment, Offer, Session
from activities.options import Option, Plan, What
from activities.touched import Preview
from people.actors import SYSTEM, Actor
from people.workflow import move
from portal.lib.errors import Refused

LOOK_AGAIN = _("Something has changed since this page was opened. Look once more.")
WITHOUT = {"recall": assignments.recall, "turn_down": assignments.turn_down, "release": assignments.release}


def settle(preview: Preview, plan: Plan, *, by: Actor, reason: str) -> None:
    """After the bookings: counselors go along or are done without, then sessions end with whoever still stands there.

    Sessions come last and in the order of their ids, as every booking takes them.
    """
    for row in preview.assignments_of(plan):
        option = plan[row.name]
        if option.move == "go_along":
            go_along(row.assignment, option.session)
        elif option.move in WITHOUT:
            own = row.assignment.host_id == by.organisation_id
            WITHOUT[option.move](row.assignment, by=by if own else SYSTEM, reason=reason)
    for touched in sorted(preview.sessions_of(plan), key=lambda one: one.pk):
        option = plan[touched.name]
        if option.what != What.KEEP:
            _take_back(option, by=by, reason=reason)


def go_along(assignment: Assignment, to: Session) -> None:
    """Ask the counselor for the date to which a group moves: the host has chosen already, the counselor answers anew."""
    slot = {"session": to, "starts_at": to.starts_at, "ends_at": to.ends_at}
    move(assignment, "go_along", by=SYSTEM, facts={"to_session": to.pk}, is_live=False, **following.UNSIGNED, **slot)
    if not to.needs_counselor:
        Session.objects.filter(pk=to.pk).update(needs_counselor=True)
        to.needs_counselor = True
    counselor_notices.tell_moved(assignment, "assignment.moved", to.starts_at)


def _take_back(option: Option, *, by: Actor, reason: str) -> None:
    """Cancel or postpone a session to which nobody comes. Raises Refused when somebody has come in meanwhile."""
    session = Session.objects.select_for_update(of=("self",)).select_related("programme").get(pk=option.session.pk)
    held = session.offers.filter(state=Offer.State.OPEN)
    if session.bookings.filter(state__in=uses.COMING).exists() or held.exists():
        raise Refused("impact.changed", LOOK_AGAIN)
    actor = by if by.organisation_id == session.provider_id else SYSTEM
    take = sessions.postpone if option.what == What.MOVE else sessions.cancel
    take(session, by=actor, reason=reason)
