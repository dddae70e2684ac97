"""What a person wants of their notices: which kinds by mail, at once or once a day."""

from collections.abc import Collection

from people import notices
from people.actors import Actor
from people.models import Membership, Mute, User
from people.roles import Role
from people.workflow import verb


def kinds_for(user: User) -> list[notices.NoticeKind]:
    """Every kind that this person hears in one of their hats, by code."""
    roles = {Role(role) for role in Membership.objects.active().filter(user=user).values_list("role", flat=True)}
    return [kind for _code, kind in sorted(notices.KINDS.items()) if kind.audience & roles]


def mutable(user: User) -> list[notices.NoticeKind]:
    """Those of them that may be muted."""
    return [kind for kind in kinds_for(user) if not kind.duty]


def muted(user: User) -> set[str]:
    return set(Mute.objects.filter(user=user).values_list("kind", flat=True))


@verb
def choose(user: User, *, by: Actor, wants_digest: bool, unwanted: Collection[str]) -> None:
    """Save both choices; a duty among the unwanted kinds is passed over, for it can't be muted."""
    assert by.user == user
    kinds = {kind.code for kind in mutable(user)} & set(unwanted)
    User.objects.filter(pk=user.pk).update(wants_digest=wants_digest)
    Mute.objects.filter(user=user).exclude(kind__in=kinds).delete()
    Mute.objects.bulk_create([Mute(user=user, kind=kind) for kind in sorted(kinds)], ignore_conflicts=True)
