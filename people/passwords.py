"""A forgotten password: without mail, a lead or the administrator prints a link that sets a new one."""

from django.contrib.auth.tokens import default_token_generator
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext_lazy as _

from people import audit, notices
from people.actors import Actor, Person
from people.giving import may_end
from people.models import Membership, User
from people.workflow import verb
from portal.lib.errors import Refused

GONE = _("This link no longer works: it was used, or it is older than a day. Ask for a new one.")


def may_renew(actor: Actor, user: User) -> bool:
    """Whoever hands out *every* hat of this person, so that nobody reaches an account beyond their own house.

    A venue belongs to the platform and to several districts: one that lists it does not reach its accounts."""
    if actor.user is None or actor.user == user:
        return False
    if actor.is_administrator:
        return True
    hats = Membership.objects.active().filter(user=user).select_related("organisation")
    return bool(hats) and all(may_end(actor, hat) and _is_in_house(actor, hat) for hat in hats)


def _is_in_house(actor: Actor, hat: Membership) -> bool:
    own, district = hat.organisation_id == actor.organisation_id, hat.organisation.district_id
    return own or (district is not None and district == actor.district_id)


@verb
def issue(user: User, *, by: Actor) -> str:
    """A key for the link: good for a day, until the next sign-in or the new password. The second factor stays.

    Raises Refused("password_elsewhere"); it does not say where else the person acts.
    """
    if not may_renew(by, user):
        raise Refused("password_elsewhere", _("This account can't be helped from here. Ask the administrator."))
    audit.record("password.issue", user, by=by)
    facts = {"name": by.label}
    notices.send("password.link", to=[user], subject=f"user:{user.pk}", due_slot=str(user.last_login)[:40], facts=facts)
    return f"{int_to_base36(user.pk)}-{default_token_generator.make_token(user)}"


def find(key: str) -> User | None:
    """The account that this key still opens."""
    code, _dash, token = key.partition("-")
    try:
        user = User.objects.filter(pk=base36_to_int(code), is_active=True).first()
    except ValueError:
        return None
    return user if user and default_token_generator.check_token(user, token) else None


@verb
def choose(key: str, password: str) -> User:
    """The person behind the link sets a new password; the link and every trusted device end with it."""
    user = find(key)
    if user is None:
        raise Refused("password_gone", GONE)
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(password=user.password)
    audit.record("password.choose", user, by=Person(user, None))
    return user
