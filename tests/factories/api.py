"""Machine clients and their tokens.

token = a_token(a_client(district, "bookings:read"))          # what a client sends as Bearer
caller(a_client(district, "bookings:read"))                   # for verbs and visible_to
api(token).get("/api/v1/bookings/")                           # Django's test client, signed in as it
"""

import datetime as dt
import itertools
import secrets
from typing import Any

from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import AccessToken, set_token_value

from people.actors import Client as Caller
from people.roles import Role
from people.scopes import SCOPES
from portal.models import Client
from tests.factories import people

SECRET = "a-secret-of-the-tests"
numbers = itertools.count(1)


def a_client(district: Any, *scopes: str, **fields: Any) -> Client:
    """A client of a district with these scopes granted (none named: all of them)."""
    office = district.organisations.filter(kind="bureau").first() or people.bureau(district)
    principal = fields.pop("principal", None) or people.hat(Role.BUREAU_OFFICER, at=office).user
    return Client.objects.create(
        **{"name": f"对接系统{next(numbers)}", "client_secret": SECRET, "scopes": list(scopes or SCOPES)} | fields,
        district=district,
        principal=principal,
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
    )


def a_token(client: Client, *scopes: str) -> str:
    """A token as the token endpoint would give it, for these scopes (none named: all that are granted)."""
    text = secrets.token_urlsafe(24)
    row = AccessToken(
        application=client,
        scope=" ".join(scopes or client.scopes),
        expires=timezone.now() + dt.timedelta(minutes=15),
    )
    set_token_value(row, text)
    row.save()
    return text


def caller(client: Client, *scopes: str) -> Caller:
    return Caller(client, client.district, frozenset(scopes or client.scopes))


def api(token: str, **headers: str) -> Browser:
    """A browser without cookies that sends the token, JSON and asks for Chinese sentences."""
    return Browser(headers={"Authorization": f"Bearer {token}", "Accept-Language": "zh-hans", **headers})
