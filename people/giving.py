"""Who may hand out which role where, and therefore end it there."""

from django.core.exceptions import PermissionDenied

from people.access import may
from people.actors import Actor, Person
from people.models import Membership, Organisation
from people.reach import reaches
from people.roles import HANDS_OUT_AT_HOME, HANDS_OUT_ELSEWHERE, KINDS, Permission, Role


def roles_to_give(actor: Actor, organisation: Organisation) -> list[Role]:
    """The roles that this actor may hand out in this organisation, and end there; the most modest first."""
    fitting = [role for role in reversed(Role) if KINDS[role] == organisation.kind]
    if actor.is_system:
        return fitting
    if actor.role is None or not may(actor, Permission.MEMBER_INVITE):
        return []
    at_home = actor.organisation_id == organisation.pk
    if not at_home and not actor.is_administrator and not reaches(actor.district_id, organisation):
        return []
    given = (HANDS_OUT_AT_HOME if at_home else HANDS_OUT_ELSEWHERE).get(actor.role, frozenset())
    return [role for role in fitting if role in given]


def require_giving(actor: Actor, organisation: Organisation, role: Role | str) -> None:
    """Raise PermissionDenied unless the actor may hand out this role there."""
    if role not in roles_to_give(actor, organisation):
        raise PermissionDenied(f"{role} at {organisation.kind}")


def may_end(actor: Actor, hat: Membership) -> bool:
    """Everybody may take off their own hat; whoever hands a role out may end it."""
    own = isinstance(actor, Person) and actor.person.pk == hat.user_id
    return own or hat.role in roles_to_give(actor, hat.organisation)
