"""The day after a visit: how was it? Once to each side, and only while nothing has been said."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from activities import feedback
from activities.models import Booking, Feedback
from people import notices, reminders
from people.models import Notice
from people.notices import SCHOOLS, VENUES, audience, declare
from people.reminders import Reminder
from people.roles import Role
from portal.lib import clock

LATEST = dt.timedelta(days=3)  # a portal that was down catches up, not further


def is_unsaid(notice: Notice) -> bool:
    booking = Booking.objects.filter(pk=notice.key_of("booking")).select_related("session").first()
    side = notice.due_slot
    given = Feedback.objects.filter(booking=booking, side=side)
    return booking is not None and feedback.is_open(booking) and not given.exists()


declare(
    "feedback.awaited",
    _("How was it: %(programme)s?"),
    _("%(school)s, %(when)s. One tap and, if you like, a few words."),
    holds=is_unsaid,
)
audience(SCHOOLS | VENUES, "feedback.")


def visits_without_word(today: dt.date) -> Iterator[Reminder]:
    """Visits of yesterday: to whoever led the group, and to those who receive groups at the host's."""
    since, before = clock.moment(today - LATEST), clock.moment(today)
    wanted = ("session__programme", "school__organisation", "leader__user")
    rows = Booking.objects.attended().filter(session__starts_at__gte=since, session__starts_at__lt=before)
    for side in Feedback.Side:
        given = Feedback.objects.filter(booking=OuterRef("pk"), side=side)
        for booking in rows.exclude(Exists(given)).select_related(*wanted):
            host = booking.session.provider_id
            if side == Feedback.Side.HOST and host == booking.school_id:
                continue
            is_school = side == Feedback.Side.SCHOOL
            yield Reminder(
                subject=f"booking:{booking.pk}",
                slot=str(side),
                to=[booking.leader.user] if is_school else notices.members(host, Role.VENUE_LEAD, Role.VENUE_STAFF),
                path=f"/bookings/{booking.pk}/feedback/",
                facts={
                    "school": booking.school.organisation.name_zh,
                    "programme": booking.session.programme.name_zh,
                    "when": booking.session.starts_at.isoformat(timespec="minutes"),
                },
                district=booking.district_id,
            )


reminders.declare("feedback.awaited", visits_without_word)
