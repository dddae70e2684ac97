"""What a person wants of their notices: which kinds by mail, at once or once a day."""

from collections.abc import Collection

from people import notices
from people.actors import Actor
from people.models import Mute, User
from people.workflow import verb


def mutable() -> list[notices.NoticeKind]:
    """Every kind that may be muted, by its title."""
    return sorted((kind for kind in notices.KINDS.values() if not kind.duty), key=lambda kind: kind.code)


def muted(user: User) -> set[str]:
    return set(Mute.objects.filter(user=user).values_list("kind", flat=True))


@verb
def choose(user: User, *, by: Actor, wants_digest: bool, unwanted: Collection[str]) -> None:
    """Save both choices; a duty among the unwanted kinds is passed over, for it can't be muted."""
    assert by.user == user
    kinds = {kind.code for kind in mutable()} & set(unwanted)
    User.objects.filter(pk=user.pk).update(wants_digest=wants_digest)
    Mute.objects.filter(user=user).exclude(kind__in=kinds).delete()
    Mute.objects.bulk_create([Mute(user=user, kind=kind) for kind in sorted(kinds)], ignore_conflicts=True)
