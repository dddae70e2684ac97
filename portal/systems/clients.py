"""Verbs of Client 对接系统: a bureau lets another system in, changes what it may do, and shuts it out."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import get_access_token_model

from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.scopes import SCOPES
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused
from portal.models import Client

# What opens names of pupils: granted by itself, under a fresh code, never together with the rest.
NAMES = "pupils:names"
NOBODY = _("Only a person of the bureau answers for another system.")


@dataclass(frozen=True)
class Issued:
    """A client together with its secret, which exists nowhere else and is shown once."""

    client: Client
    secret: str


@verb
def create(district: District, *, by: Actor, name: str, scopes: Iterable[str]) -> Issued:
    """Let another system in. Whoever does it answers for it; without an active person nothing opens."""
    require(by, Permission.CLIENT_MANAGE, district)
    if by.user is None:
        raise Refused("client_principal", NOBODY)
    secret, now = secrets.token_urlsafe(36), clock.now()
    client = Client.objects.create(
        name=name.strip(),
        district=district,
        principal=by.user,
        scopes=_checked(scopes),
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        created=now,
        updated=now,
    )
    audit.record("client.create", client, by=by, scopes=client.scopes)
    return Issued(client, secret)


@verb
def grant(client: Client, *, by: Actor, scopes: Iterable[str]) -> None:
    """Change what it may do, names apart. What is taken away closes at once, in tokens that are out already too."""
    require(by, Permission.CLIENT_MANAGE, client)
    was = client.scopes
    kept = [NAMES] if NAMES in was else []
    client.scopes = [*_checked(scopes), *kept]
    Client.objects.filter(pk=client.pk).update(scopes=client.scopes, updated=clock.now())
    audit.record("client.grant", client, by=by, scopes=client.scopes, taken=sorted(set(was) - set(client.scopes)))


@verb
def let_see_names(client: Client, *, by: Actor, allowed: bool) -> None:
    """Open names of pupils to it, or close them. The page asks for a fresh code first."""
    require(by, Permission.CLIENT_MANAGE, client)
    others = [scope for scope in client.scopes if scope != NAMES]
    client.scopes = [*others, NAMES] if allowed else others
    Client.objects.filter(pk=client.pk).update(scopes=client.scopes, updated=clock.now())
    audit.record("client.let_see_names" if allowed else "client.hide_names", client, by=by)


@verb
def rotate(client: Client, *, by: Actor) -> Issued:
    """A new secret in place of the old one, which stops working together with its tokens."""
    require(by, Permission.CLIENT_MANAGE, client)
    secret = secrets.token_urlsafe(36)
    client.client_secret, client.updated = secret, clock.now()
    client.save(update_fields=["client_secret", "updated"])  # the library hashes it on the way
    _close(client)
    audit.record("client.rotate", client, by=by)
    return Issued(client, secret)


@verb
def deactivate(client: Client, *, by: Actor) -> None:
    """Shut it out: tokens, calls and messages end at once. Twice is once."""
    require(by, Permission.CLIENT_MANAGE, client)
    if Client.objects.filter(pk=client.pk, is_active=True).update(is_active=False, updated=clock.now()):
        _close(client)
        audit.record("client.deactivate", client, by=by)


@verb
def activate(client: Client, *, by: Actor) -> None:
    """Let it in again, with the secret that it has; whoever does it answers for it from now on."""
    require(by, Permission.CLIENT_MANAGE, client)
    if by.user is None:
        raise Refused("client_principal", NOBODY)
    Client.objects.filter(pk=client.pk).update(is_active=True, principal=by.user, updated=clock.now())
    audit.record("client.activate", client, by=by)


def _checked(scopes: Iterable[str]) -> list[str]:
    """Known scopes without that of names, in the order in which they are declared."""
    wanted = set(scopes)
    if NAMES in wanted or not wanted <= set(SCOPES):
        raise Refused("client_scopes", _("Choose from the list what the system may do."))
    return [code for code in SCOPES if code in wanted]


def _close(client: Client) -> None:
    get_access_token_model().objects.filter(application=client).delete()
