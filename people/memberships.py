"""Verbs of Membership 身份: start and end."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from people import audit, notices
from people.actors import Actor
from people.giving import may_end, require_giving
from people.handover import open_work
from people.models import Membership, Organisation, User
from people.roles import Role
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused


@verb
def start(organisation: Organisation, user: User, *, role: Role | str, by: Actor) -> Membership:
    """A new hat from today on. The role must be one that `by` may hand out."""
    require_giving(by, organisation, role)
    hat = Membership.objects.create(
        organisation=organisation, user=user, kind=organisation.kind, role=role, starts_on=clock.today()
    )
    audit.record("membership.start", hat, by=by, is_now=str(role), organisation=organisation.pk)
    return hat


@verb
def end(hat: Membership, *, by: Actor) -> None:
    """The hat is worn no longer, from today on. Open work is handed over first; the last lead or officer stays.

    Raises Refused("membership_has_work"), Refused("membership_last_lead") (held by a trigger), Refused("changed").
    """
    if not may_end(by, hat):
        raise PermissionDenied("membership.end")
    waiting = sum(open_work(hat).values())
    if waiting:
        raise Refused(
            "membership_has_work",
            _("This person still has %(count)s pieces of open work. Hand them over first."),
            count=waiting,
        )
    if not Membership.objects.filter(pk=hat.pk, ends_on__isnull=True).update(ends_on=clock.today()):
        raise Refused("changed", _("This membership has ended already."))
    hat.ends_on = clock.today()
    audit.record("membership.end", hat, by=by, was=hat.role, organisation=hat.organisation_id)
    if by.user != hat.user:
        facts = {"organisation": str(hat.organisation)}
        notices.send("membership.ended", to=[hat.user], subject=f"membership:{hat.pk}", facts=facts)
