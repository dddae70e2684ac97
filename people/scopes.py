"""What a district may grant to another system: the policy of machine clients, readable in one file.

A scope opens reading or writing of one resource. Its permissions are those that verbs ask for; `may()` cuts them to
the client's own district. What no scope holds, no client may: signing, filing, confirming for a venue, calling a roll.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.roles import Permission


@dataclass(frozen=True)
class Scope:
    """`label` says to the officer who grants it what the other system can do then."""

    code: str
    label: str | Promise
    permissions: frozenset[Permission] = frozenset()


SCOPES: dict[str, Scope] = {}


def declare(code: str, label: str | Promise, *permissions: Permission) -> None:
    """Add a scope `resource:verb` and the permissions that verbs will ask the client for."""
    if code in SCOPES:
        raise ValueError(f"scope {code} is declared twice")
    SCOPES[code] = Scope(code, label, frozenset(permissions))


declare("districts:read", _("Read the district"))
declare("terms:read", _("Read terms and the school calendar"))
declare("schools:read", _("Read schools"))
declare("classes:read", _("Read classes and how many pupils they have"))
declare("groups:read", _("Read activity groups and how many pupils they have"))
declare("pupils:read", _("Read pupils by pseudonym, with their classes"))
declare("pupils:names", _("Look at names and school numbers of pupils; every look is logged"), Permission.IDENTITY_LOOK)
declare(
    "rosters:write",
    _("Bring class rosters of schools, with the names that guardians agreed to"),
    Permission.ROSTER_IMPORT,
)
declare("venues:read", _("Read venues that are listed or proposed in the district, and their titles"))
declare("listings:read", _("Read which venues and counselors are listed"))
declare("counselors:read", _("Read listed counselors and which sessions they give"))
declare("agreements:read", _("Read agreements and commitments"))
declare("programmes:read", _("Read programmes"))
declare("sessions:read", _("Read sessions and their places"))
declare("eligibility:read", _("Ask which sessions a group may book, and which rules it does not meet"))
declare("bookings:read", _("Read bookings of the district's schools"))
declare("bookings:write", _("Book for schools of the district, withdraw and cancel"), Permission.BOOKING_REQUEST)
declare("outings:read", _("Read which bookings travel together, their approval and return"))
declare("rolls:read", _("Read rolls by pseudonym"))
declare("credits:read", _("Read credit rules, entries and balances by pseudonym"))
declare("reports:read", _("Read figures and reports of the district"))
declare("events:read", _("Follow what happens, as far as the other choices open it"))


def permissions_of(scopes: Iterable[str]) -> frozenset[Permission]:
    """Everything that these scopes allow a verb to do."""
    return frozenset(p for code in scopes if code in SCOPES for p in SCOPES[code].permissions)
