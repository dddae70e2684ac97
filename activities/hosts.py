"""Who may have a counselor for a session, and the district whose listing and check count for it."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities import checks
from activities.models import Counselor, Session
from partnerships.models import Listing
from people.access import may
from people.actors import Actor
from people.models import Membership, Organisation
from people.roles import Permission
from portal.lib.errors import Refused

KINDS = (Organisation.Kind.SCHOOL, Organisation.Kind.VENUE)
SENTENCES: dict[str, str | Promise] = {
    checks.Lacking.CHECK: _(
        "This counselor's background check does not cover that day. Invite again after its renewal."
    ),
    checks.Lacking.LISTING: _("This counselor is not listed in your district."),
}


def hat_of(actor: Actor) -> Membership:
    """The hat that gives its word; only people have one. Raises PermissionDenied for jobs and machine clients."""
    hat = getattr(actor, "membership", None)
    if hat is None:
        raise PermissionDenied("a word is given by a person")
    return hat


def is_host(session: Session, actor: Actor) -> bool:
    """Whether the hat may invite for this session and answer applications: its own school or venue, never an office."""
    return may(actor, Permission.ASSIGNMENT_HOST) and actor.organisation_id in session.host_ids()


def require_host(session: Session, actor: Actor) -> Organisation:
    """The hat's organisation as the host. Raises PermissionDenied for everybody else."""
    if not is_host(session, actor):
        raise PermissionDenied(str(Permission.ASSIGNMENT_HOST))
    assert actor.organisation is not None
    return actor.organisation


def main_host(session: Session) -> Organisation:
    """Whom a counselor's application reaches: the school that the session is closed for, else who gives it."""
    organisation = session.school.organisation if session.school else session.provider
    if organisation.kind not in KINDS:
        raise Refused("assignment.host", _("This session has no school or venue that could answer."))
    return organisation


def districts_of(host: Organisation) -> list[int]:
    """A school's own district; the districts that list a venue."""
    if host.district_id is not None:
        return [host.district_id]
    return list(Listing.objects.listed().filter(organisation=host).order_by("pk").values_list("district", flat=True))


def district_for(host: Organisation, counselor: Counselor, day: dt.date) -> int:
    """The district in which host and counselor meet: one that lists both, best one where the check covers the day.

    Raises Refused with what is lacking: no such district, or no check that counts on the day.
    """
    missing = checks.Lacking.LISTING
    for district_id in districts_of(host):
        found = checks.lacking(counselor, district_id, day)
        if not found:
            return district_id
        if found == checks.Lacking.CHECK:
            missing = checks.Lacking.CHECK
    raise Refused(f"assignment.{missing}", SENTENCES[missing])
