"""Verb of User: a person changes how they are named and reached."""

from people import audit
from people.actors import Actor
from people.models import User
from people.workflow import verb


@verb
def change(user: User, *, by: Actor, **fields: str) -> None:
    """Save the fields that differ. Taken numbers and addresses are answered by their constraint's sentence."""
    saved = User.objects.filter(pk=user.pk).values(*fields).get()
    changed = {name: value for name, value in fields.items() if saved[name] != value}
    if changed:
        User.objects.filter(pk=user.pk).update(**changed)
        audit.record("user.change", user, by=by, fields=sorted(changed))
