"""What time alone brings about between a booking and its roll."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from activities import (  # noqa: F401  declare what they tell
    counselor_reminders,
    feedback_reminders,
    hours_reminders,
    outing_reminders,
)
from activities.models import Booking, Offer, Request, Session
from activities.notices import count_facts, count_slot, counters, facts
from activities.series_notices import at_host, at_school, request_facts
from activities.waitlist_notices import offer_facts, waitlist_readers
from partnerships import calendar
from people import notices, reminders, thresholds
from people.models import District, User
from people.reminders import Reminder
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused

FORTNIGHT = dt.timedelta(days=14)  # a roll that is missing for longer is the lists' matter


def visits_soon(today: dt.date) -> Iterator[Reminder]:
    """Confirmed visits in so many days: to whoever booked and whoever leads. Booked later than that: nothing to recall."""
    for district in District.objects.all():
        values = thresholds.of(district.pk)
        leads = (values["visit_reminder_days"], values["visit_last_reminder_days"])
        for booking in _bookings(district).filter(state=Booking.State.CONFIRMED, session__starts_at__gt=clock.now()):
            day = _day(booking.session.starts_at)
            lead = min((days for days in leads if day - dt.timedelta(days=days) <= today), default=None)
            if lead and _day(booking.confirmed_at or booking.requested_at) < day - dt.timedelta(days=lead):
                yield Reminder(
                    subject=f"booking:{booking.pk}",
                    slot=f"{lead}:{day}",
                    to=_at_school(booking),
                    path=f"/bookings/{booking.pk}/",
                    facts=facts(booking),
                    district=district.pk,
                )


def rolls_missing(today: dt.date) -> Iterator[Reminder]:
    """Visits that are over without a roll: to the leader the same day, with the coordinators from the next day on."""
    for district in District.objects.all():
        hours = thresholds.of(district.pk)["roll_missing_hours"]
        over = clock.now() - dt.timedelta(hours=hours)
        missing = _bookings(district).awaiting_roll()
        for booking in missing.filter(session__ends_at__lte=over, session__ends_at__gt=over - FORTNIGHT):
            same_day = _day(booking.session.ends_at) == today
            office = [] if same_day else notices.members(booking.school_id, Role.COORDINATOR)
            yield Reminder(
                subject=f"booking:{booking.pk}",
                slot="same day" if same_day else "later",
                to=[booking.leader.user, *office],
                path=f"/bookings/{booking.pk}/roll/",
                facts=facts(booking),
                district=district.pk,
            )


def counts_due(today: dt.date) -> Iterator[Reminder]:
    """Final head counts that are due today and were asked for before."""
    for district in District.objects.all():
        for booking in _bookings(district).awaiting_count().filter(count_due_at__gt=clock.now()):
            if _day(booking.count_due_at) == today:
                yield Reminder(
                    subject=f"booking:{booking.pk}",
                    slot=count_slot(booking, "last day"),
                    to=counters(booking),
                    path=f"/bookings/{booking.pk}/heads/",
                    facts=count_facts(booking),
                    district=district.pk,
                )


def offers_about_to_lapse(today: dt.date) -> Iterator[Reminder]:
    """Offers of the waiting list that lapse today and were made before: to whoever asked and the coordinators."""
    rows = Offer.objects.filter(state=Offer.State.OPEN, until__gt=clock.now()).select_related(
        "entry__session__programme", "entry__group", "entry__asked_by__user"
    )
    for offer in rows.prefetch_related("entry__classes__school_class"):
        if _day(offer.until) == today and _day(offer.made_at) < today:
            entry = offer.entry
            yield Reminder(
                subject=f"waitlist:{entry.pk}",
                slot=f"lapse:{offer.pk}",
                to=waitlist_readers(entry),
                path=f"/waiting/{entry.pk}/",
                facts=offer_facts(entry, offer),
                district=entry.district_id,
            )


def visitors_missing(today: dt.date) -> Iterator[Reminder]:
    """Announced family sessions of a day that is over, without a count of visitors: to the venue, once."""
    over = Session.objects.awaiting_visitors().filter(ends_at__gt=clock.now() - FORTNIGHT).select_related("programme")
    for session in over.filter(ends_at__lt=clock.moment(today)):
        yield Reminder(
            subject=f"session:{session.pk}",
            to=at_host(session.provider_id),
            path=f"/sessions/{session.pk}/",
            facts={
                "programme": session.programme.name_zh,
                "when": session.starts_at.isoformat(timespec="minutes"),
            },
        )


def requests_unanswered(today: dt.date) -> Iterator[Reminder]:
    """点单 whose times have been on the table for so many working days: to the side whose turn it is, once a round."""
    for district in District.objects.all():
        days = thresholds.of(district.pk)["request_answer_days"]
        waiting = Request.objects.open().filter(district=district).with_names()
        try:
            since = calendar.working_day_before(district.pk, today, days)
        except Refused:  # the calendar does not reach so far: plain days
            since = today - dt.timedelta(days=days)
        for request in waiting.filter(put_at__lt=clock.moment(since + dt.timedelta(days=1))):
            is_asked = request.state == Request.State.ASKED
            yield Reminder(
                subject=f"request:{request.pk}",
                slot=str(request.round),
                to=at_host(request.provider_id) if is_asked else at_school(request),
                path=f"/requests/{request.pk}/",
                facts=request_facts(request),
            )


def _bookings(district: District):
    wanted = ("session__programme", "school__organisation", "leader__user", "requested_by__user")
    return Booking.objects.filter(district=district).select_related(*wanted)


def _at_school(booking: Booking) -> list[User]:
    return notices.wearers(booking.requested_by, booking.leader)


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()


reminders.declare("session.visitors_missing", visitors_missing)
reminders.declare("request.unanswered", requests_unanswered)
reminders.declare("booking.soon", visits_soon)
reminders.declare("booking.roll_missing", rolls_missing)
reminders.declare("booking.final_count", counts_due)
reminders.declare("waitlist.about_to_lapse", offers_about_to_lapse)
