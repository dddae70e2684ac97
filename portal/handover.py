"""The open work of a hat at the roof: the connected systems that an officer answers for."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from people import handover
from people.actors import Actor
from people.models import Membership
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from portal.models import Client
from portal.systems.clients import NOBODY


def clients_answered_for(hat: Membership) -> QuerySet[Client]:
    """Systems that may ask because this officer stands for them; whoever leaves hands them over or shuts them out."""
    if hat.role != Role.BUREAU_OFFICER:
        return Client.objects.none()
    rows = Client.objects.filter(principal=hat.user, is_active=True)
    return rows.filter(district=hat.organisation.district_id)


def answer_for(hat: Membership, successor: Membership, by: Actor) -> int:
    rows = clients_answered_for(hat)
    if successor.role != Role.BUREAU_OFFICER and rows.exists():
        raise Refused("client_principal", NOBODY)
    return rows.update(principal=successor.user, updated=clock.now())


handover.declare(
    "clients", _("Connected systems answered for"), count=lambda hat: clients_answered_for(hat).count(), move=answer_for
)
