"""What people are told about sessions and bookings. Facts are kept without language: ISO days and Chinese names."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import (  # noqa: F401  declare their kinds
    change_notices,
    counselor_notices,
    ending_notices,
    hours_notices,
    no_show_notices,
    outing_notices,
    rule_notices,
    series_notices,
    waitlist_notices,
)
from activities.models import Booking, DayOff, NoShow, ServiceRecord, Session, SessionChange, WaitlistEntry
from people import matters, notices
from people.models import Membership, Notice, User
from people.notices import COUNSELORS, OFFICES, SCHOOLS, VENUES, Judge, audience, declare, tell_groups
from people.roles import Role
from portal.lib import clock

matters.declare(
    {
        "change": SessionChange,
        "day_off": DayOff,
        "no_show": NoShow,
        "service": ServiceRecord,
        "training": Session,
        "waitlist": WaitlistEntry,
    }
)
State = Booking.State
SOON = dt.timedelta(days=1)


def is_near(notice: Notice) -> bool:
    """A visit of today or tomorrow: whoever is on the way must know at once, at night too."""
    said = notice.facts.get("before") or notice.facts.get("when") or notice.facts["day"]
    moment = dt.datetime.fromisoformat(said)
    day = timezone.localtime(moment).date() if moment.tzinfo else moment.date()
    return clock.today() <= day <= clock.today() + SOON


def booking_in(*states: str) -> Judge:
    """The booking still stands in one of these states."""
    return lambda notice: Booking.objects.filter(pk=notice.key_of("booking"), state__in=states).exists()


def is_still_coming(notice: Notice) -> bool:
    """Confirmed, not begun, and still at the time that the notice says."""
    when = dt.datetime.fromisoformat(notice.facts["when"])
    coming = Booking.objects.filter(pk=notice.key_of("booking"), state=State.CONFIRMED)
    return coming.filter(session__starts_at=when, session__starts_at__gt=clock.now()).exists()


def awaits_count(notice: Notice) -> bool:
    return Booking.objects.awaiting_count().filter(pk=notice.key_of("booking")).exists()


def awaits_date(notice: Notice) -> bool:
    """A group of the reader's school that the day off has postponed is still without a new date."""
    schools = Membership.objects.filter(user=notice.user_id).values("organisation")
    waiting = Booking.objects.awaiting_date().filter(day_off=notice.key_of("day_off"), school__in=schools)
    return waiting.exists()


def has_no_roll(notice: Notice) -> bool:
    return Booking.objects.awaiting_roll().filter(pk=notice.key_of("booking")).exists()


def lacks_visitors(notice: Notice) -> bool:
    """Nobody has told yet how many came to an announced session."""
    return Session.objects.awaiting_visitors().filter(pk=notice.key_of("session")).exists()


declare(
    "booking.requested",
    _("%(school)s asks for %(seats)s places"),
    _("%(programme)s, %(when)s. Confirm or decline the booking."),
    duty=True,
    holds=booking_in(State.REQUESTED),
)
declare(
    "booking.confirmed",
    _("Booked: %(programme)s"),
    _("%(pupils)s pupils, %(when)s. Receipt %(number)s."),
    holds=booking_in(State.CONFIRMED, State.ATTENDED),
)
declare(
    "booking.sheet",
    _("A confirmation sheet waits for you: %(programme)s"),
    _(
        "%(school)s, %(when)s, %(pupils)s pupils. The other side has accepted it; with your word the visit is confirmed."
    ),
    duty=True,
    holds=booking_in(State.REQUESTED),
)
declare(
    "booking.declined",
    _("The venue declined: %(programme)s"),
    _("%(when)s. Reason: %(reason)s"),
)
declare(
    "booking.declined_with_dates",
    _("The venue declined and names %(dates)s other dates: %(programme)s"),
    _("%(when)s. Reason: %(reason)s. Take one of the other dates with one press."),
    holds=booking_in(State.DECLINED),
)
declare(
    "booking.cancelled",
    _("%(school)s cancelled its booking"),
    _("%(programme)s, %(when)s. %(pupils)s places are free again."),
    urgent=is_near,
)
declare(
    "booking.cancelled_by_venue",
    _("The venue cancelled: %(programme)s"),
    _("%(when)s. Reason: %(reason)s. Please choose another date."),
    urgent=is_near,
    chat=_("The venue cancelled: %(programme)s, %(when)s. Please choose another date."),
)
declare(
    "booking.cancelled_no_fault",
    _("Cancelled, nobody at fault: %(programme)s"),
    _("%(when)s. Reason: %(reason)s. No mark for either side."),
    urgent=is_near,
    chat=_("Cancelled, nobody at fault: %(programme)s, %(when)s. No mark for either side."),
)
declare(
    "booking.rescheduled",
    _("%(school)s chose another date: %(programme)s"),
    _("%(pupils)s pupils, now %(when)s, before %(before)s. Receipt %(number)s."),
    urgent=is_near,
)
declare(
    "booking.asked_again",
    _("%(school)s asks for another date: %(programme)s"),
    _("%(pupils)s pupils, now %(when)s, before %(before)s. Confirm or decline the booking."),
    duty=True,
    holds=booking_in(State.REQUESTED),
)
declare(
    "booking.heads_changed",
    _("%(school)s: %(pupils)s pupils instead of %(before)s"),
    _("%(programme)s, %(when)s. Receipt %(number)s."),
)
declare(
    "booking.final_count",
    _("How many come in the end: %(programme)s"),
    _("%(pupils)s pupils are booked for %(when)s. Confirm or give part back by %(due)s, or the places go to others."),
    duty=True,
    holds=awaits_count,
)
declare(
    "booking.lost",
    _("The places went to others: %(programme)s"),
    _("%(when)s, %(pupils)s pupils. No final head count came in time; you may join the waiting list."),
    duty=True,
)
declare(
    "day_off.school",
    _("%(day)s is called off; visits cancelled: %(bookings)s"),
    _("%(reason)s. Nobody is at fault and no mark is made. Choose new dates: you come first."),
    duty=True,
    urgent=is_near,
)
declare(
    "day_off.postponed",
    _("%(day)s is called off; visits postponed: %(bookings)s"),
    _(
        "%(reason)s. Nobody is at fault and no mark is made; roll and papers are kept. Choose new dates: you come first."
    ),
    duty=True,
    urgent=is_near,
    holds=awaits_date,
)
declare(
    "day_off.host",
    _("%(day)s is called off; groups that do not come: %(bookings)s"),
    _("%(reason)s. %(pupils)s pupils stay away; nobody is at fault and no mark is made."),
    urgent=is_near,
)
declare(
    "booking.late",
    _("%(school)s will be %(minutes)s minutes late"),
    _("%(programme)s, %(when)s, %(pupils)s pupils."),
    urgent=is_near,
    holds=booking_in(State.CONFIRMED),
)
declare(
    "training.cancelled",
    _("The training is cancelled: %(programme)s"),
    _("%(when)s. Reason: %(reason)s"),
)
declare(
    "booking.soon",
    _("Coming up: %(programme)s"),
    _("%(school)s, %(when)s, %(pupils)s pupils. Look once more at meeting point, adults and papers."),
    holds=is_still_coming,
)
declare(
    "booking.roll_missing",
    _("The roll is missing: %(programme)s"),
    _("%(school)s, %(when)s. Call the roll now: without it no pupil is credited with the visit."),
    duty=True,
    holds=has_no_roll,
)
declare(
    "session.visitors_missing",
    _("How many people came? %(programme)s"),
    _("%(when)s. Families booked it at your own place: enter how many people were there."),
    duty=True,
    holds=lacks_visitors,
)


audience(SCHOOLS | VENUES, "booking.")
audience(VENUES, "session.visitors_missing")
audience(VENUES, "booking.requested", "booking.cancelled", "booking.rescheduled", "booking.asked_again", "day_off.host")
audience(SCHOOLS, "booking.confirmed", "booking.declined", "booking.cancelled_by_venue", "booking.soon")
audience(VENUES, "booking.heads_changed", "booking.late")
audience(SCHOOLS | VENUES, "booking.sheet")
audience(SCHOOLS, "booking.final_count", "booking.lost", "booking.roll_missing", "training.")
audience(SCHOOLS, "day_off.school", "day_off.postponed")
audience(SCHOOLS | VENUES | COUNSELORS, "booking.cancelled_no_fault", "hours.")
audience(OFFICES | COUNSELORS, "settlement.")
tell_groups("booking.confirmed", "booking.cancelled", "booking.cancelled_by_venue", "booking.cancelled_no_fault")
tell_groups("booking.roll_missing", "booking.soon")


def tell_requested(booking: Booking) -> None:
    _send("booking.requested", booking, _at_venue(booking))


def tell_confirmed(booking: Booking) -> None:
    _send("booking.confirmed", booking, _at_school(booking))


def tell_sheet(booking: Booking, *, to_host: bool) -> None:
    """One side has just accepted the sheet on which the visit rests; the other is asked, once for each such word."""
    to = _at_venue(booking) if to_host else _at_school(booking)
    said_at = clock.now().isoformat(timespec="milliseconds")
    _send("booking.sheet", booking, to, due_slot=said_at, path=f"/bookings/{booking.pk}/confirmation/")


def tell_declined(booking: Booking) -> None:
    dates = booking.alternatives.count()
    _send("booking.declined_with_dates" if dates else "booking.declined", booking, _at_school(booking), dates=dates)


def tell_cancelled(booking: Booking) -> None:
    if booking.session.provider_id != booking.school_id:
        _send("booking.cancelled", booking, _at_venue(booking))


def tell_cancelled_by_venue(booking: Booking) -> None:
    _send("booking.cancelled_by_venue", booking, _at_school(booking))


def tell_cancelled_no_fault(booking: Booking) -> None:
    _send("booking.cancelled_no_fault", booking, [*_at_school(booking), *_at_venue(booking)])


def tell_rescheduled(booking: Booking, before: Session) -> None:
    """The venue reads the new date; who leads the group reads it too. One notice for each date."""
    slot = before.starts_at.isoformat(timespec="minutes")
    more = {"before": slot}
    if booking.session.provider_id != booking.school_id:
        kind = "booking.asked_again" if booking.state == Booking.State.REQUESTED else "booking.rescheduled"
        _send(kind, booking, _at_venue(booking), due_slot=slot, **more)
    _send("booking.rescheduled", booking, _at_school(booking), due_slot=slot, **more)


def tell_heads_changed(booking: Booking, before: int) -> None:
    """The host reads that a group has become larger or smaller; one that asks for more is asked to confirm again."""
    if booking.session.provider_id == booking.school_id:
        return
    slot = f"{before}>{booking.pupils} {clock.now().isoformat(timespec='seconds')}"
    _send("booking.heads_changed", booking, _at_venue(booking), due_slot=slot, before=before)


def tell_late(booking: Booking) -> None:
    _send("booking.late", booking, _at_venue(booking), due_slot=str(booking.late_minutes), minutes=booking.late_minutes)


def tell_final_count(booking: Booking) -> None:
    notices.send(
        "booking.final_count",
        to=counters(booking),
        subject=f"booking:{booking.pk}",
        path=f"/bookings/{booking.pk}/heads/",
        due_slot=count_slot(booking, "asked"),
        facts=count_facts(booking),
        district=booking.district_id,
    )


def counters(booking: Booking) -> list[User]:
    """Who can say how many come: whoever asked, whoever leads, and the coordinators."""
    return [*_at_school(booking), *notices.members(booking.school_id, Role.COORDINATOR)]


def count_slot(booking: Booking, name: str) -> str:
    return f"{name}:{booking.session_id}"


def count_facts(booking: Booking) -> dict[str, Any]:
    assert booking.count_due_at
    return facts(booking) | {"due": booking.count_due_at.isoformat(timespec="minutes")}


def tell_lost(booking: Booking) -> None:
    _send("booking.lost", booking, counters(booking))


def tell_school_of_day_off(day_off: DayOff, school_id: int, hit: list[Booking], *, postpones: bool) -> None:
    """Coordinators and leads once, and whoever leads a group that stays."""
    to = [
        *notices.members(school_id, Role.COORDINATOR, Role.SCHOOL_LEAD),
        *(booking.leader.user for booking in hit),
    ]
    _send_day_off("day_off.postponed" if postpones else "day_off.school", day_off, hit, to)


def tell_host_of_day_off(day_off: DayOff, host_id: int, hit: list[Booking]) -> None:
    to = notices.members(host_id, Role.VENUE_LEAD, Role.VENUE_STAFF)
    _send_day_off("day_off.host", day_off, hit, to)


def _send_day_off(kind: str, day_off: DayOff, hit: list[Booking], to: list[User]) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"day_off:{day_off.pk}",
        path=f"/days-off/{day_off.pk}/",
        due_slot=str(hit[-1].pk),
        facts={
            "day": day_off.date.isoformat(),
            "reason": day_off.kept_reason,
            "bookings": len(hit),
            "pupils": sum(booking.pupils for booking in hit),
        },
    )


def _at_venue(booking: Booking) -> list[User]:
    return notices.members(booking.session.provider_id, Role.VENUE_LEAD, Role.VENUE_STAFF)


def _at_school(booking: Booking) -> list[User]:
    """Whoever asked, and whoever leads."""
    return notices.wearers(booking.requested_by, booking.leader)


def _send(kind: str, booking: Booking, to: list[User], *, due_slot: str = "", path: str = "", **more: Any) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"booking:{booking.pk}",
        path=path or f"/bookings/{booking.pk}/",
        due_slot=due_slot,
        facts=facts(booking) | more,
        district=booking.district_id,
    )


def facts(booking: Booking) -> dict[str, Any]:
    session = booking.session
    return {
        "school": booking.school.organisation.name_zh,
        "programme": session.programme.name_zh,
        "when": session.starts_at.isoformat(timespec="minutes"),
        "pupils": booking.pupils,
        "seats": booking.seats_held or booking.pupils,
        "number": booking.number,
        "reason": booking.reason,
    }
