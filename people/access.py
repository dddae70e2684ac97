"""may(): the one question that page, API, button and test ask before a verb."""

from typing import Protocol

from django.core.exceptions import PermissionDenied

from people.actors import Actor, Client, Link
from people.roles import GRANTS, Permission
from people.scopes import permissions_of


class Owned(Protocol):
    """What an object of the house says about itself, so that people can judge rows of higher apps."""

    def organisation_ids(self) -> set[int]: ...

    def district_ids(self) -> set[int]: ...


def may(actor: Actor, permission: Permission | str, obj: Owned | None = None) -> bool:
    """Whether the hat's role holds the permission *and* the hat's organisation is one of the object's.

    An office acts on objects of its district, and so does a client by its scopes. The administrator acts on
    organisations, never on business data: that is cut by the permissions of the role.
    """
    if actor.is_system:
        return True
    if isinstance(actor, Client):
        return permission in permissions_of(actor.scopes) and (obj is None or actor.district_id in obj.district_ids())
    if isinstance(actor, Link):
        return permission == Permission.ROLL_CALL and actor.reaches(obj)
    if actor.role is None or permission not in GRANTS[actor.role]:
        return False
    if obj is None or actor.is_administrator or actor.is_audit_reader:
        return True
    if actor.is_office:
        return actor.district_id in obj.district_ids()
    return actor.organisation_id in obj.organisation_ids()


def require(actor: Actor, permission: Permission | str, obj: Owned | None = None) -> None:
    """Raise PermissionDenied (403) unless `may`."""
    if not may(actor, permission, obj):
        raise PermissionDenied(str(permission))
