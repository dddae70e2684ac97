"""What an address of the API needs: a scope from a client, a permission from a person."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from people.access import may
from people.roles import Permission
from people.scopes import SCOPES
from portal.api.callers import REALM
from portal.api.problems import Problem


@dataclass(frozen=True)
class Need:
    """`scope` for clients (None: no client at all), `permission` for people (None: no person at all)."""

    scope: str | None
    permission: Permission | None

    def __post_init__(self) -> None:
        if self.scope is not None and self.scope not in SCOPES:
            raise ValueError(f"{self.scope} is not declared in people/scopes.py")


class Declared(BasePermission):
    """The one permission class: nobody → 401, without scope or permission → 403. Objects are found by `visible_to`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = request._request.actor
        need: Need | None = view.need_of(view.action) if view.action else None
        if need is None:  # a method that the address does not have; the view answers 405
            return True
        if actor.is_client:
            if need.scope is None:
                raise Problem(403, "people_only", _("Only a person may do this; no scope opens it."))
            if need.scope not in actor.scopes:
                raise Problem(403, "scope", _("The token lacks the scope that this needs."), scope=need.scope)
            return True
        if actor.user is None:
            raise Problem(401, headers={"WWW-Authenticate": REALM})
        if need.permission is None or not may(actor, need.permission):
            raise Problem(403)
        return True
