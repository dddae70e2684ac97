"""What is said when an agreement ends: one message to each school that is touched, and one to the venue."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from activities.options import Plan, Row, Touched, TouchedSession, What
from activities.touched import Preview
from partnerships.models import Agreement
from people import notices
from people.actors import Actor
from people.models import User
from people.notices import SCHOOLS, VENUES, audience, declare
from people.roles import Role
from portal.lib import clock

SCHOOL = (Role.SCHOOL_LEAD, Role.COORDINATOR)

declare(
    "agreement.impact",
    _("What becomes of the bookings: %(title)s"),
    _("%(keep)s kept, %(move)s moved to another date, %(cancel)s cancelled. Reason: %(reason)s"),
    duty=True,
)
declare(
    "agreement.dates",
    _("Sessions without a booking: %(title)s"),
    _("%(cancel)s cancelled, %(move)s postponed. Reason: %(reason)s"),
)
declare(
    "agreement.back",
    _("In force again, and the bookings: %(title)s"),
    _("%(under)s stayed under it, %(back)s rest on it again, %(stay)s stay as they are, %(gone)s do not come back."),
)
audience(SCHOOLS | VENUES, "agreement.impact", "agreement.dates", "agreement.back")


def tell(preview: Preview, plan: Plan, *, by: Actor, reason: str) -> None:
    """Each touched school reads what became of its own bookings, the venue of all; whoever decided knows already."""
    schools: dict[int, list[Touched]] = defaultdict(list)
    for row in preview.rows:
        schools[row.booking.school_id].append(row)
    for school, own in schools.items():
        if school != by.organisation_id:
            people = notices.members(school, *SCHOOL)
            _send(preview, [*people, *(row.booking.leader.user for row in own)], own, plan, reason)
    venue = preview.agreement.venue_id
    if preview.rows and venue != by.organisation_id:
        _send(preview, notices.members(venue, Role.VENUE_LEAD, Role.VENUE_STAFF), preview.rows, plan, reason)
    _tell_dates(preview, plan, by=by, reason=reason)


def _tell_dates(preview: Preview, plan: Plan, *, by: Actor, reason: str) -> None:
    """Sessions that end without a booking to be told of: to the venue, and to the school that one was closed for."""
    booked = {row.booking.session_id for row in preview.rows}
    ending = [row for row in preview.sessions_of(plan) if row.pk not in booked and plan[row.name].what != What.KEEP]
    told: dict[int, list[TouchedSession]] = defaultdict(list)
    for row in ending:
        for side in (row.session.provider_id, row.session.school_id):
            if side is not None and side != by.organisation_id:
                told[side].append(row)
    for side, rows in told.items():
        own = (Role.VENUE_LEAD, Role.VENUE_STAFF) if side == preview.agreement.venue_id else SCHOOL
        _send(preview, notices.members(side, *own), rows, plan, reason, kind="agreement.dates")


def _send(
    preview: Preview, to: list[User], rows: Sequence[Row], plan: Plan, reason: str, *, kind: str = "agreement.impact"
) -> None:
    counted = Counter(str(plan[row.name].what) for row in rows)
    notices.send(
        kind,
        to=to,
        subject=f"agreement:{preview.agreement.pk}",
        path=f"/agreements/{preview.agreement.pk}/",
        due_slot=f"{preview.change.act} {preview.change.on}",
        facts={"title": preview.agreement.title, "reason": reason, **{what: counted[what] for what in What.values}},
        district=preview.agreement.district_id,
    )


def tell_resumed(agreement: Agreement, counted: Mapping[int, Counter[str]], *, by: Actor) -> None:
    """Each school with bookings at the venue reads what becomes of its own; that it is in force again all parties read."""
    for school, kinds in counted.items():
        if school != by.organisation_id:
            notices.send(
                "agreement.back",
                to=notices.members(school, *SCHOOL),
                subject=f"agreement:{agreement.pk}",
                path=f"/agreements/{agreement.pk}/",
                due_slot=clock.now().isoformat(timespec="seconds"),
                facts={"title": agreement.title, **{kind: kinds[kind] for kind in ("under", "back", "stay", "gone")}},
                district=agreement.district_id,
            )
