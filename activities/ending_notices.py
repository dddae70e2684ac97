"""What is said when an agreement ends: one message to each school that is touched, and one to the venue."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from activities.models import Booking
from activities.touched import Option, Preview, What
from people import notices
from people.actors import Actor
from people.models import User
from people.notices import SCHOOLS, VENUES, audience, declare
from people.roles import Role

declare(
    "agreement.impact",
    _("%(title)s: what becomes of the bookings"),
    _("%(keep)s kept, %(move)s moved to another date, %(cancel)s cancelled. Reason: %(reason)s"),
    duty=True,
)
audience(SCHOOLS | VENUES, "agreement.impact")


def tell(preview: Preview, options: Mapping[int, Option], *, by: Actor, reason: str) -> None:
    """Each touched school reads what became of its own bookings, the venue of all; whoever decided knows already."""
    schools: dict[int, list[Booking]] = defaultdict(list)
    for row in preview.rows:
        schools[row.booking.school_id].append(row.booking)
    for school, own in schools.items():
        if school != by.organisation_id:
            people = notices.members(school, Role.SCHOOL_LEAD, Role.COORDINATOR)
            _send(preview, [*people, *(booking.leader.user for booking in own)], own, options, reason)
    venue = preview.agreement.venue_id
    if preview.rows and venue != by.organisation_id:
        rows = [row.booking for row in preview.rows]
        _send(preview, notices.members(venue, Role.VENUE_LEAD, Role.VENUE_STAFF), rows, options, reason)


def _send(
    preview: Preview, to: list[User], bookings: list[Booking], options: Mapping[int, Option], reason: str
) -> None:
    counted = Counter(str(options[booking.pk].what) for booking in bookings)
    notices.send(
        "agreement.impact",
        to=to,
        subject=f"agreement:{preview.agreement.pk}",
        path=f"/agreements/{preview.agreement.pk}/",
        due_slot=f"{preview.change.act} {preview.change.on}",
        facts={"title": preview.agreement.title, "reason": reason, **{what: counted[what] for what in What.values}},
        district=preview.agreement.district_id,
    )
