"""The counselor of a school as a tile: settled while an appointment for the school year stands (product.md)."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Appointment
from partnerships.models import School
from partnerships.tiles import Tile, tell
from people.access import may
from people.actors import Actor
from people.roles import Permission


@tell(2)
def counselor(school: School, actor: Actor, day: dt.date) -> Tile:
    """≥1 counselor appointed for the school year, accepted by both."""
    name = gettext_lazy("Science counselor")
    rows = Appointment.objects.filter(school=school).select_related("counselor__organisation")
    standing = list(rows.in_force(day).order_by("pk"))
    url = reverse("activities:counselor-list") if may(actor, Permission.COUNSELOR_SEE) else ""
    if standing:
        first = standing[0].counselor.organisation.name
        many = _("%(name)s and others, %(n)s people in all") % {"name": first, "n": len(standing)}
        return Tile(name, True, many if standing[1:] else first, url, _("Show"))
    if rows.awaiting_answer().exists():
        return Tile(name, False, _("Offered: waiting for the counselor's answer"), url, _("Show"))
    may_offer = may(actor, Permission.APPOINTMENT_OFFER, school)
    action = _("Choose a counselor") if may_offer else _("Show")
    return Tile(name, False, _("Still to come: an appointment for this school year"), url, action)
