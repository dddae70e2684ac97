"""基地认定: entering titles and their dates."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from partnerships.lists.titles import titles_in
from partnerships.models import Recognition, Venue
from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib.errors import Refused


@verb
def add(
    venue: Venue,
    *,
    by: Actor,
    title: str,
    level: str = "",
    issuer: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Recognition:
    """Enter a title; unknown dates stay empty. Raises Refused when the venue already holds it in this time."""
    require(by, Permission.RECOGNITION_EDIT, venue)
    _in_order(starts_on, ends_on)
    row = Recognition.objects.create(
        venue=venue, title=title, level=level, issuer=issuer, starts_on=starts_on, ends_on=ends_on
    )
    audit.record("recognition.add", row, by=by)
    return row


@verb
def change(
    recognition: Recognition,
    *,
    by: Actor,
    level: str = "",
    issuer: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Recognition:
    """Complete or correct level, issuer and dates of a title."""
    require(by, Permission.RECOGNITION_EDIT, recognition)
    _in_order(starts_on, ends_on)
    was = f"{recognition.starts_on or '-'}/{recognition.ends_on or '-'}"
    recognition.level, recognition.issuer = level, issuer
    recognition.starts_on, recognition.ends_on = starts_on, ends_on
    recognition.save(update_fields=["level", "issuer", "starts_on", "ends_on"])
    audit.record("recognition.change", recognition, by=by, was=was, is_now=f"{starts_on or '-'}/{ends_on or '-'}")
    return recognition


@verb
def enter(venue: Venue, cell: str, *, by: Actor) -> int:
    """Add the titles of one cell that the venue does not hold yet; returns how many are new."""
    held = set(Recognition.objects.filter(venue=venue).values_list("title", flat=True))
    new = {title.title: title for title in titles_in(cell) if title.title not in held}.values()
    for title in new:
        add(venue, by=by, title=title.title, level=title.level, starts_on=title.starts_on, ends_on=title.ends_on)
    return len(new)


def _in_order(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on <= starts_on:
        raise Refused("recognition_ends_after_start", _("The title must end after it begins."))
