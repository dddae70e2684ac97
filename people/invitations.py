"""Verbs of Invitation 邀请: a printable link for one person, good for seven days; only its digest is kept."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from people import audit, memberships, notices
from people.actors import SYSTEM, Actor
from people.giving import require_giving
from people.models import Invitation, Membership, Organisation, User
from people.roles import Role
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

GOOD_FOR = dt.timedelta(days=7)
GONE = _("This link no longer works: it was used, withdrawn, or is older than seven days. Ask for a new one.")


@dataclass(frozen=True)
class Issued:
    """An invitation together with its token, which exists nowhere else and is shown once."""

    invitation: Invitation
    token: str


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def find_open(token: str) -> Invitation | None:
    """The invitation that this token still opens."""
    rows = Invitation.objects.open().select_related("organisation__district", "invited_by")
    return rows.filter(token_digest=digest_of(token)).first()


@verb
def invite(organisation: Organisation, *, role: Role | str, by: Actor, full_name: str = "") -> Issued:
    """A new link. The role must be one that `by` may hand out there."""
    require_giving(by, organisation, role)
    return issue(organisation, role=role, by=by, full_name=full_name)


def issue(organisation: Organisation, *, role: Role | str, by: Actor, full_name: str = "") -> Issued:
    """A new link, for a verb that has judged by itself that `by` may give it."""
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation = Invitation.objects.create(
        organisation=organisation,
        role=role,
        full_name=full_name.strip(),
        token_digest=digest_of(token),
        invited_by=by.user,
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    audit.record("invitation.invite", invitation, by=by, is_now=str(role), organisation=organisation.pk)
    return Issued(invitation, token)


@verb
def invite_many(organisation: Organisation, rows: Iterable[tuple[str, Role]], *, by: Actor) -> list[Issued]:
    """One link a row of (name, role); all or none."""
    return [invite(organisation, role=role, by=by, full_name=name) for name, role in rows]


@verb
def renew(invitation: Invitation, *, by: Actor) -> Issued:
    """A new link in place of a lost or expired one; the old one stops working."""
    require_giving(by, invitation.organisation, invitation.role)
    token, now = secrets.token_urlsafe(32), clock.now()
    fresh = {"token_digest": digest_of(token), "expires_at": now + GOOD_FOR}
    unused = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if not unused.update(**fresh):
        raise Refused("invitation_gone", GONE)
    invitation.refresh_from_db()
    audit.record("invitation.renew", invitation, by=by, organisation=invitation.organisation_id)
    return Issued(invitation, token)


@verb
def withdraw(invitation: Invitation, *, by: Actor) -> None:
    """The link stops working."""
    require_giving(by, invitation.organisation, invitation.role)
    unused = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if not unused.update(withdrawn_at=clock.now()):
        raise Refused("invitation_gone", GONE)
    audit.record("invitation.withdraw", invitation, by=by, organisation=invitation.organisation_id)


@verb
def accept(invitation: Invitation, *, user: User) -> Membership:
    """The person takes the hat; of two who try at once, one does. Raises Refused("invitation_gone")."""
    now = clock.now()
    claimed = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=now, accepted_by=user)
    if not claimed:
        raise Refused("invitation_gone", GONE)
    hat = memberships.start(invitation.organisation, user, role=invitation.role, by=SYSTEM)
    audit.record("invitation.accept", invitation, by=SYSTEM, user=user.pk, membership=hat.pk)
    if invitation.invited_by:
        facts = {"name": user.full_name, "organisation": str(invitation.organisation)}
        notices.send(
            "invitation.accepted", to=[invitation.invited_by], subject=f"invitation:{invitation.pk}", facts=facts
        )
    return hat


@verb
def accept_as_new(
    invitation: Invitation, *, username: str, password: str, full_name: str, mobile: str = ""
) -> Membership:
    """A new account and its first hat in one step. Taken names are answered by their constraint's sentence."""
    user = User.objects.create_user(
        username=username, password=password, full_name=full_name, mobile=mobile, date_joined=clock.now()
    )
    return accept(invitation, user=user)
