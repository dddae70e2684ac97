"""Districts, organisations, people and hats. Everything not said is invented and unique.

who = hat(Role.COORDINATOR, at=a_school)        # a membership, with its own new person
login(client, who)                              # signed in, in that hat, second factor done
bookings.cancel(booking, by=actor(who), …)      # for verbs
"""

import itertools
from typing import Any

from django.test import Client

from people.actors import Person
from people.gate import HAT
from people.models import District, Membership, Organisation, User
from people.roles import KINDS, Role
from portal.lib import clock

PASSWORD = "clear-water-42"
numbers = itertools.count(1)
NOUNS = {
    "bureau": "教育局",
    "partner_office": "科协",
    "school": "学校",
    "venue": "科技馆",
    "counselor": "辅导员",
    "platform": "平台",
}


def district(**fields: Any) -> District:
    n = next(numbers)
    return District.objects.create(**{"code": f"d{n}", "name_zh": f"示例{n}区", "name_en": f"District {n}"} | fields)


def organisation(kind: str, *, of: District | None = None, **fields: Any) -> Organisation:
    """An organisation of a kind; offices and schools get a district of their own unless `of` names one."""
    n = next(numbers)
    if kind in ("bureau", "partner_office", "school") and of is None:
        of = district()
    names = {
        "name_zh": f"示例{n}{NOUNS[kind]}",
        "name_en": f"Example {kind} {n}",
    }
    return Organisation.objects.create(kind=kind, district=of, **names | fields)


def bureau(of: District | None = None, **fields: Any) -> Organisation:
    return organisation("bureau", of=of, **fields)


def partner_office(of: District | None = None, **fields: Any) -> Organisation:
    return organisation("partner_office", of=of, **fields)


def user(**fields: Any) -> User:
    """A person whose password is PASSWORD, without a hat."""
    n = next(numbers)
    password = fields.pop("password", PASSWORD)
    return User.objects.create_user(
        **{"username": f"person{n}", "full_name": f"王示例{n}", "password": password} | fields
    )


def hat(
    role: Role | str,
    *,
    at: Organisation | None = None,
    of: District | None = None,
    who: User | None = None,
    **fields: Any,
) -> Membership:
    """A membership: `role` at an organisation of the right kind (new unless given), worn by a new person or `who`."""
    at = at or organisation(KINDS[Role(role)], of=of)
    starts_on = fields.pop("starts_on", clock.today().replace(month=1, day=1))
    return Membership.objects.create(
        user=who or user(),
        organisation=at,
        kind=at.kind,
        role=role,
        starts_on=starts_on,
        **fields,
    )


def actor(of: Membership) -> Person:
    """The actor that verbs and `visible_to` take."""
    return Person(of.user, of)


def login(client: Client, as_hat: Membership) -> Client:
    """Sign the test client in, in this hat, as if password and second factor had just been given."""
    client.force_login(as_hat.user)
    session = client.session
    session[HAT] = as_hat.pk
    session["account_authentication_methods_user"] = str(as_hat.user.pk)
    now = clock.now().timestamp()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "reauthenticated": True},
        {"method": "mfa", "at": now, "type": "totp", "reauthenticated": True},
    ]
    session.save()
    return client
