"""Verbs of no-shows 未到馆: recorded by the host, disputed by the school, settled by time or by the bureau.

A record that stands is a warning; the second one at the same venue within the district's days brings a hold (暂停预约)
at that venue and nowhere else. Nothing else follows from it.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from activities import no_show_notices, uses
from activities.models import Booking, Hold, NoShow
from partnerships import calendar
from people import audit, thresholds
from people.access import require
from people.actors import SYSTEM, Actor
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock, sweeping
from portal.lib.errors import Refused, said

State = NoShow.State


def record(booking: Booking, *, by: Actor) -> NoShow | None:
    """Write down that a group did not come; part of `bookings.miss`. None where a school missed its own session."""
    session = booking.session
    if session.provider_id == booking.school_id:
        return None
    days = thresholds.of(booking.district_id)["no_show_dispute_days"]
    made = NoShow.objects.create(
        booking=booking,
        school=booking.school,
        host=session.provider,
        district_id=booking.district_id,
        day=session.day,
        dispute_until=calendar.working_day_after(booking.district_id, clock.today(), days),
        recorded_by=getattr(by, "membership", None),
    )
    no_show_notices.tell_recorded(made)
    return made


@verb
def dispute(no_show: NoShow, *, by: Actor, reason: str) -> None:
    """The school says why the record is wrong, until the last day for it. Host and bureau are told."""
    if clock.today() > no_show.dispute_until:
        raise Refused("no_show.too_late", _("The time for a dispute is over."))
    signed = {"disputed_at": clock.now(), "disputed_by": getattr(by, "membership", None), "dispute": said(reason)}
    move(no_show, "dispute", by=by, **signed)
    no_show_notices.tell_disputed(no_show)


@verb
def take_back(no_show: NoShow, *, by: Actor, answer: str) -> None:
    """The host was wrong: the group was there. Its roll can be called again."""
    _decide(no_show, "take_back", by=by, answer=answer)
    _reinstate(no_show)


@verb
def uphold(no_show: NoShow, *, by: Actor, answer: str) -> None:
    """The bureau finds that the group was there."""
    _decide(no_show, "uphold", by=by, answer=answer)
    _reinstate(no_show)


@verb
def dismiss(no_show: NoShow, *, by: Actor, answer: str) -> None:
    """The bureau finds that the group was not there: the record counts from now on."""
    _decide(no_show, "dismiss", by=by, answer=answer)
    _weigh(no_show)


@verb
def waive(no_show: NoShow, *, by: Actor, answer: str) -> None:
    """The group did not come, and this counts for nothing. A hold that it had brought is lifted."""
    _decide(no_show, "waive", by=by, answer=answer)
    _ease(no_show, by=by)


@verb
def settle(no_show: NoShow) -> bool:
    """Let a record count of which nobody said in time that it is wrong. False where that has happened already."""
    locked = NoShow.objects.select_for_update(of=("self",)).undisputed().filter(pk=no_show.pk).first()
    if locked is None:
        return False
    move(locked, "settle", by=SYSTEM)
    _weigh(locked)
    return True


@verb
def lift(hold: Hold, *, by: Actor, reason: str) -> None:
    """End a hold before its time; the school may book there again at once."""
    require(by, Permission.HOLD_LIFT, hold)
    why = said(reason)
    lifted = {"lifted_at": clock.now(), "lifted_by": getattr(by, "membership", None), "lifted_why": why}
    if not Hold.objects.in_force(clock.today()).filter(pk=hold.pk).update(**lifted):
        raise Refused("hold.over", _("The hold has ended already."))
    audit.record("hold.lift", hold, by=by, reason=why)
    no_show_notices.tell_lifted(hold)


def due() -> int:
    """Records whose time for a dispute is over."""
    return NoShow.objects.undisputed().count()


def sweep() -> int:
    """Settle what is due, each by itself; how many."""
    return sweeping.each(NoShow.objects.undisputed(), settle)


def counting(no_show: NoShow) -> int:
    """How many records of this school at this host count, in the days that end with this visit."""
    since = no_show.day - dt.timedelta(days=thresholds.of(no_show.district_id)["no_show_window_days"])
    rows = NoShow.objects.counting().filter(school=no_show.school_id, host=no_show.host_id)
    return rows.filter(day__gt=since, day__lte=no_show.day).count()


def _decide(no_show: NoShow, name: str, *, by: Actor, answer: str) -> None:
    decided = {"decided_at": clock.now(), "decided_by": getattr(by, "membership", None), "answer": said(answer)}
    move(no_show, name, by=by, **decided)
    no_show_notices.tell_decided(no_show)


def _reinstate(no_show: NoShow) -> None:
    """The visit took place: the booking is what it was before, and waits for its roll."""
    booking = no_show.booking
    move(booking, "reinstate", by=SYSTEM, ended_at=None)
    uses.settle(booking)


def _weigh(no_show: NoShow) -> None:
    """A hold from today where enough records count and none is in force; only venues hold."""
    values, today = thresholds.of(no_show.district_id), clock.today()
    if no_show.host.kind != "venue" or counting(no_show) < values["no_show_limit"]:
        return
    if Hold.objects.in_force(today).filter(school=no_show.school_id, venue=no_show.host_id).exists():
        return
    made = Hold.objects.create(
        school_id=no_show.school_id,
        venue_id=no_show.host_id,
        district_id=no_show.district_id,
        starts_on=today,
        ends_on=today + dt.timedelta(days=values["no_show_hold_days"]),
        reason=f"{values['no_show_window_days']} 天内 {counting(no_show)} 次未到馆",
    )
    audit.record("hold.make", made, by=SYSTEM)
    no_show_notices.tell_held(made)


def _ease(no_show: NoShow, *, by: Actor) -> None:
    """Lift the hold that rested on this record, where too few are left that count."""
    if counting(no_show) >= thresholds.of(no_show.district_id)["no_show_limit"]:
        return
    rested = Hold.objects.in_force(clock.today()).filter(made_by__isnull=True)
    for hold in rested.filter(school=no_show.school_id, venue=no_show.host_id):
        signed = {"lifted_at": clock.now(), "lifted_by": getattr(by, "membership", None)}
        Hold.objects.filter(pk=hold.pk).update(**signed, lifted_why=no_show.answer)
        audit.record("hold.lift", hold, by=by, reason=no_show.answer)
        no_show_notices.tell_lifted(hold)
