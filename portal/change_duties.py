"""What waits for a school when a host has moved a session that it has booked."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.models import ChangedBooking
from people.actors import Actor
from portal.duty import SCHOOL, Duty, Line, address_of
from portal.lib import wording


def times_to_answer(actor: Actor) -> QuerySet[ChangedBooking]:
    own = ChangedBooking.objects.awaiting().visible_to(actor).filter(school=actor.organisation_id)
    return own.with_names().order_by("session__starts_at", "pk")


def _time(row: ChangedBooking) -> Line:
    session = row.session
    return Line(
        gettext("“%(programme)s” has another time: say whether %(group)s comes")
        % {"programme": session.programme.name, "group": row.booking.who},
        [row.change.provider, wording.when(session.starts_at, session.ends_at), wording.heads(row.booking.pupils)],
        address_of("activities:change-page", row.change_id),
        session.starts_at,
    )


DUTIES = (Duty(_("Booking"), _("Answer"), SCHOOL, times_to_answer, _time, ("activities:booking-list",)),)
