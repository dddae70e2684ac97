"""家长告知书: what guardians read in the class chat and on paper. Both answers are equal; no pupil is named."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities.models import Booking, Outing
from partnerships import calendar
from portal.lib import wording
from portal.lib.errors import Refused

AT = dt.time(17, 0)  # the hour until which guardians answer, where nobody has said another


@dataclass(frozen=True)
class Slip:
    """The text for the guardians of one class or group."""

    group: str
    text: str
    booking: Booking


def of(outing: Outing, trips: list[Booking]) -> list[Slip]:
    """One text for each class; a club and a head count have one of their own."""
    until = answer_by(outing)
    return [
        Slip(name, text(outing, trip, name, until), trip) for trip in trips if trip.is_alive for name in names_of(trip)
    ]


def names_of(booking: Booking) -> list[str]:
    """The classes of a booking one by one, or its group."""
    rows = sorted(booking.classes.all(), key=lambda row: row.pk)
    return [row.school_class.label(booking.session.day) for row in rows] or [booking.who]


def answer_by(outing: Outing) -> dt.datetime:
    """Until when guardians answer: as planned, else 17:00 of the school day before."""
    if outing.answer_by:
        return outing.answer_by
    try:
        day = calendar.school_day_before(outing.district_id, outing.day, 1)
    except Refused:
        day = outing.day - dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, AT))


def text(outing: Outing, booking: Booking, name: str, until: dt.datetime) -> str:
    """Sentence 39 of the glossary: day, what, meeting, return, cost, answer by; yes and no side by side."""
    session = booking.session
    place = session.place.name if session.place else session.provider.name
    cost = session.paid_price
    parts = {
        "class": name,
        "day": wording.day(session.starts_at),
        "programme": session.programme.name,
        "place": place,
        "meeting": meeting(outing),
        "back": _("back at school at %(time)s") % {"time": _clock(outing.returns_at)}
        if outing.returns_at
        else _("return: see the school's message"),
        "cost": wording.money(cost) if cost else pgettext("price", "free"),
        "until": wording.when(until),
    }
    return (
        _(
            "[Guanxiao] Dear guardians of %(class)s: on %(day)s your child may go to %(place)s for “%(programme)s”. "
            "%(meeting)s, %(back)s. Cost: %(cost)s. Please answer “takes part” or “does not take part” by %(until)s; "
            "both answers are equally welcome, and pupils who do not take part are looked after at school."
        )
        % parts
    )


def meeting(outing: Outing) -> str:
    if not outing.meets_at:
        return _("Meeting: see the school's message")
    return _("Meeting at %(time)s, %(place)s") % {
        "time": _clock(outing.meets_at), "place": outing.meeting_place,
    }  # fmt: skip


def _clock(time: dt.time) -> str:
    """9:30, in both languages."""
    return f"{time.hour}:{time.minute:02}"
