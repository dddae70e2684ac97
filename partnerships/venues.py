"""Venues: bringing them in, their halls, and their rules for groups."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships.models import BookingRules, Hall, Venue
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Organisation
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text


@verb
def register(name_zh: str, *, by: Actor, place: str, name_en: str = "", **facts: Any) -> tuple[Venue, bool]:
    """Find the venue of this name at this place, or bring it in; says whether it is new. A known venue is not changed.

    A venue belongs to the platform: whoever imports it next meets the same row.
    """
    require(by, Permission.LISTING_PROPOSE)
    organisation = Organisation.objects.filter(kind=Organisation.Kind.VENUE, name_zh=name_zh, place_code=place).first()
    if organisation is not None:
        return Venue.objects.get_or_create(organisation=organisation, defaults=facts)
    organisation = Organisation.objects.create(
        kind=Organisation.Kind.VENUE, name_zh=name_zh, name_en=name_en, place_code=place
    )
    venue = Venue.objects.create(organisation=organisation, **facts)
    audit.record("venue.register", venue, by=by)
    return venue, True


@verb
def change(venue: Venue, *, by: Actor, credit_code: str | None = None, **facts: Any) -> Venue:
    """Change what the venue says about itself; the trail names the fields, not their values."""
    require(by, Permission.VENUE_EDIT, venue)
    if credit_code is not None:
        venue.organisation.credit_code = credit_code
        venue.organisation.save(update_fields=["credit_code"])
    for field, value in facts.items():
        setattr(venue, field, value)
    venue.save(update_fields=list(facts))
    audit.record("venue.change", venue, by=by, fields=sorted(facts))
    return venue


@verb
def add_hall(venue: Venue, *, by: Actor, name: str, heads: int, is_step_free: bool | None = None) -> Hall:
    require(by, Permission.VENUE_EDIT, venue)
    hall = Hall.objects.create(venue=venue, name=name, heads=heads, is_step_free=is_step_free)
    audit.record("hall.add", hall, by=by, heads=heads)
    return hall


@verb
def change_hall(hall: Hall, *, by: Actor, name: str, heads: int, is_step_free: bool | None = None) -> Hall:
    require(by, Permission.VENUE_EDIT, hall)
    was = f"{hall.name}/{hall.heads}"
    hall.name, hall.heads, hall.is_step_free = name, heads, is_step_free
    hall.save(update_fields=["name", "heads", "is_step_free"])
    audit.record("hall.change", hall, by=by, was=was, is_now=f"{name}/{heads}")
    return hall


@verb
def set_rules(venue: Venue, *, by: Actor, starts_on: dt.date, reason: str = "", **rules: Any) -> BookingRules:
    """Add rules that start tomorrow or later (the first ones today); columns not given stay as they are.

    Rows are never edited. Raises Refused for a past start or for rules that contradict each other.
    """
    require(by, Permission.VENUE_EDIT, venue)
    earliest = clock.today() + dt.timedelta(days=1 if BookingRules.objects.filter(venue=venue).exists() else 0)
    if starts_on < earliest and not by.is_system:
        raise Refused("rules_start", _("New rules start tomorrow at the earliest: bookings of today stay as they are."))
    before = BookingRules.objects.of(venue.pk, on=starts_on)
    kept = {name: getattr(before, name) for name in RULES}
    row = BookingRules.objects.create(
        venue=venue, starts_on=starts_on, reason=free_text(reason), set_at=clock.now(), set_by=by.user, **kept | rules
    )
    audit.record("booking_rules.set", venue, by=by, starts_on=str(starts_on), fields=sorted(rules))
    return row


RULES = [
    field.name
    for field in BookingRules._meta.concrete_fields
    if field.name not in {"id", "venue", "starts_on", "reason", "set_at", "set_by"}
]
