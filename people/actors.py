"""Who acts: a person in exactly one hat, a machine client, a substitute leader's link, or the system itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from people.models import Membership, Organisation, User
from people.roles import OFFICES, Role
from portal.lib import clock


@dataclass(frozen=True)
class Actor:
    """What every kind of actor answers; the defaults say no."""

    @property
    def user(self) -> User | None:
        return None

    @property
    def role(self) -> Role | None:
        return None

    @property
    def organisation(self) -> Organisation | None:
        return None

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.pk if self.organisation else None

    @property
    def district_id(self) -> int | None:
        """The district of an office or a school; None for venues and the platform, which belong to no district."""
        return self.organisation.district_id if self.organisation else None

    @property
    def label(self) -> str:
        """For the audit trail: a name that a person can read."""
        return ""

    @property
    def ref(self) -> str:
        """For the audit trail: a stable key."""
        return ""

    @property
    def is_office(self) -> bool:
        return self.role in OFFICES

    @property
    def is_bureau(self) -> bool:
        return self.role == Role.BUREAU_OFFICER

    @property
    def is_school(self) -> bool:
        return self.role in {Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER}

    @property
    def is_teacher(self) -> bool:
        return self.role == Role.TEACHER

    @property
    def is_venue(self) -> bool:
        return self.role in {Role.VENUE_LEAD, Role.VENUE_STAFF}

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def is_audit_reader(self) -> bool:
        return self.role == Role.AUDIT_READER

    @property
    def is_system(self) -> bool:
        return False

    @property
    def is_client(self) -> bool:
        return False

    @property
    def reads_district(self) -> bool:
        """Whether one whole district is read: by its offices and by the systems that it lets in."""
        return self.is_office or self.is_client


@dataclass(frozen=True)
class Person(Actor):
    """A signed-in user in one hat. A reader sees what this hat sees, never the union of their hats."""

    person: User
    membership: Membership | None

    @property
    def user(self) -> User:
        return self.person

    @property
    def role(self) -> Role | None:
        return Role(self.membership.role) if self.membership else None

    @property
    def organisation(self) -> Organisation | None:
        return self.membership.organisation if self.membership else None

    @property
    def label(self) -> str:
        return self.person.full_name or self.person.username

    @property
    def ref(self) -> str:
        return f"user:{self.person.pk}:{self.membership.pk if self.membership else 0}"


@dataclass(frozen=True)
class Client(Actor):
    """A machine client of one district, cut by its scopes."""

    application: Any
    district: Any
    scopes: frozenset[str]

    @property
    def is_client(self) -> bool:
        return True

    @property
    def district_id(self) -> int | None:
        return self.district.pk

    @property
    def label(self) -> str:
        return str(self.application)

    @property
    def ref(self) -> str:
        return f"client:{self.application.pk}"


@dataclass(frozen=True)
class Link(Actor):
    """A substitute leader's one-day roll call: this booking, until then, and nothing else."""

    booking: Any
    until: dt.datetime
    membership: Membership  # of whoever handed the roll over: what is marked is signed so
    name: str = ""

    @property
    def label(self) -> str:
        """代课 by whom, for the trail."""
        return f"{self.name}（代 {self.membership.user.full_name}）"

    @property
    def ref(self) -> str:
        return f"link:{self.booking.pk}"

    def reaches(self, obj: Any) -> bool:
        """This booking and nothing else, as long as the link is good."""
        return obj is not None and obj == self.booking and clock.now() < self.until


@dataclass(frozen=True)
class System(Actor):
    """Jobs, sweeps and the seed."""

    @property
    def label(self) -> str:
        return "system"

    @property
    def ref(self) -> str:
        return "system"

    @property
    def is_system(self) -> bool:
        return True


@dataclass(frozen=True)
class Anonymous(Actor):
    """Nobody: sees nothing, may nothing."""


SYSTEM = System()
ANONYMOUS = Anonymous()
