"""What every template knows about its reader."""

from typing import Any

from django.http import HttpRequest

from people.roles import GRANTS


def permissions(request: HttpRequest) -> dict[str, Any]:
    """`{% if "agreement.file" in permissions %}`: what the reader's hat holds, whatever the object."""
    actor = getattr(request, "actor", None)
    return {"permissions": GRANTS.get(actor.role, frozenset()) if actor and actor.role else frozenset()}
