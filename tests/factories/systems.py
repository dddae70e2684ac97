"""Addresses of other systems on which tests stand.

issued = an_endpoint(a_client(district), listener.url)      # .endpoint and .secret
"""

from people.actors import Person
from people.events import TYPES
from people.models import Membership
from people.roles import Role
from portal.models import Client
from portal.systems import endpoints


def answerer(client: Client) -> Person:
    """The officer who answers for a client."""
    hat = Membership.objects.filter(user=client.principal, role=Role.BUREAU_OFFICER).select_related("organisation")
    return Person(client.principal, hat.get())


def an_endpoint(client: Client, url: str = "https://partner.example/hook", *types: str) -> endpoints.Issued:
    """An address that is told of these types (none named: all)."""
    return endpoints.add(client, by=answerer(client), url=url, types=types or TYPES)
