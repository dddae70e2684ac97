"""Programmes: written by their provider, shown in the catalogue once published."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from activities import uses
from activities.models import Booking, Programme
from activities.models.programme import GRADES
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Organisation
from people.roles import Permission
from people.workflow import move, verb
from portal.lib.errors import Refused

MOST_OF_A_SCHOOL = 200  # pupils in a session that a school gives for its own


@verb
def create(provider: Organisation, *, by: Actor, **fields: Any) -> Programme:
    """Write a draft. `fields` are those of the model that its form offers."""
    require(by, Permission.PROGRAMME_EDIT, provider)
    programme = Programme.objects.create(provider=provider, **fields)
    audit.record("programme.create", programme, by=by, is_now=programme.state)
    return programme


@verb
def own(provider: Organisation, *, by: Actor, name_zh: str, **fields: Any) -> Programme:
    """A school's own programme of that name, written and published where there is none yet; confirmed at once."""
    name = name_zh.strip()
    if known := Programme.objects.published().filter(provider=provider, name_zh=name).first():
        return known
    usual = {"capacity": MOST_OF_A_SCHOOL, "grades": list(GRADES), "confirmation": Programme.Confirmation.AUTO}
    programme = create(provider, by=by, name_zh=name, **usual | fields)
    publish(programme, by=by)
    return programme


@verb
def edit(programme: Programme, *, by: Actor, **fields: Any) -> None:
    """Change what the catalogue says. Sessions keep the price and places that they were opened with."""
    require(by, Permission.PROGRAMME_EDIT, programme)
    turned = fields.get("direction", programme.direction) != programme.direction
    for name, value in fields.items():
        setattr(programme, name, value)
    programme.save(update_fields=list(fields))
    if turned:  # a visit counts toward other promises than a session at school
        for booking in Booking.objects.alive().filter(session__programme=programme).order_by("pk"):
            uses.settle(booking)
    audit.record("programme.edit", programme, by=by, fields=sorted(fields))


@verb
def publish(programme: Programme, *, by: Actor) -> None:
    """Show it in the catalogue. A programme for pupils says for which grades it is."""
    if not programme.grades and programme.form != Programme.Form.TRAINING:
        raise Refused("programme.grades", _("Say for which grades the programme is before you publish it."))
    move(programme, "publish", by=by)


@verb
def retire(programme: Programme, *, by: Actor) -> None:
    """Take it out of the catalogue; sessions that are open stay as they are."""
    move(programme, "retire", by=by)
