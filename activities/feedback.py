"""Verbs of feedback: after a visit each side says once how it was. It changes neither credits nor bookings."""

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, Feedback
from people import audit, thresholds
from people.access import require
from people.actors import Actor, Person
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

Side = Feedback.Side


def side_of(booking: Booking, actor: Actor) -> str:
    """For which side this hat speaks; empty for everybody else, and for the host of a school's own session."""
    if actor.organisation_id == booking.school_id:
        return Side.SCHOOL
    return Side.HOST if actor.organisation_id == booking.session.provider_id else ""


def is_open(booking: Booking) -> bool:
    """The visit took place, and not too long ago."""
    days = thresholds.of(booking.district_id)["feedback_days"]
    came = booking.state == Booking.State.ATTENDED
    return came and clock.today() <= booking.session.day + dt.timedelta(days=days)


def awaited(actor: Actor):
    """Visits of which this hat's side has not said yet how they were; the newest first."""
    side = Side.SCHOOL if actor.is_school else Side.HOST
    given = Feedback.objects.filter(booking=OuterRef("pk"), side=side)
    days = thresholds.of(actor.district_id)["feedback_days"] if actor.district_id else 14
    since = clock.moment(clock.today() - dt.timedelta(days=days))
    rows = Booking.objects.visible_to(actor).attended().filter(session__starts_at__gte=since)
    return rows.exclude(Exists(given)).order_by("-session__starts_at", "pk")


@verb
def give(booking: Booking, *, by: Person, score: int, words: str = "") -> Feedback:
    """Say for one's side how the visit was: 1 (poor) to 5 (very good). Once; sent again it is what was said first.

    Raises Refused for a visit that did not take place, or lies too far back."""
    require(by, Permission.FEEDBACK_GIVE, booking)
    side = side_of(booking, by)
    if found := Feedback.objects.filter(booking=booking, side=side).first():
        return found
    if not is_open(booking):
        raise Refused("feedback.closed", _("Feedback is given in the days after a visit that took place."))
    given = Feedback.objects.create(
        booking=booking,
        school=booking.school,
        host=booking.session.provider,
        district_id=booking.district_id,
        side=side,
        score=score,
        words=free_text(words),
        given_by=by.membership,
    )
    audit.record("feedback.give", given, by=by, score=score)
    return given
