"""What becomes free is offered to the waiting list: whose turn it is, for how long, and what happens when nobody takes it.

Rung after every act that frees places and swept by the timetable. Offered places, and the venue's day for them, count
as taken until they are accepted, lapse, or are declined.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from activities import groups, seats, venue_days, waitlist_notices
from activities.eligibility import Judge
from activities.groups import Group
from activities.line import Turn, Waiting, parts, turn
from activities.models import Booking, Offer, Session, WaitlistEntry
from activities.verdicts import Broken
from partnerships import calendar
from people import thresholds
from people.actors import SYSTEM, Actor
from people.workflow import move, verb
from portal.lib import clock, sweeping
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

# A group without free places still stands in line.
PLACES = frozenset({"session.capacity", "session.queue"})
# It had met the venue's lead time when it joined.
WAIVED = frozenset({"venue.lead_days"})
GATHERS = _("The free places gather for a larger group before yours that was passed over several times.")
State = WaitlistEntry.State


@verb
def offer_places(session_id: int) -> int:
    """Offer what is free to whoever's turn it is; returns how many offers. Safe to run twice or beside itself."""
    rows = Session.objects.select_related("programme")
    venue_days.lock(rows.get(pk=session_id))
    session = rows.select_for_update(of=("self",), no_key=True).get(pk=session_id)
    if session.state != Session.State.OPEN or session.has_begun or session.left <= 0:
        return 0
    entries = {entry.pk: entry for entry in session.waitlist.waiting().with_names()}
    if not entries:
        return 0
    decided = _decide(entries, session)
    for key, times in decided.passed.items():
        WaitlistEntry.objects.filter(pk=key).update(skipped=F("skipped") + times)
    return sum(_offer(entries[key], session, places) for key, places in decided.offers)


def _decide(entries: dict[int, WaitlistEntry], session: Session) -> Turn:
    """Whose turn it is among those who could come now; only who matters to the decision is judged."""
    values = [thresholds.of(district) for district in sorted({entry.district_id for entry in entries.values()})]
    hours = max(each["waitlist_last_call_hours"] for each in values)
    most_skips = min(each["waitlist_most_skips"] for each in values)
    is_last_call = session.starts_at - clock.now() <= dt.timedelta(hours=hours)
    free, held = _free(session)
    line = [in_line(entry, session) for entry in entries.values()]
    able: set[int] = set()
    while True:
        decided = turn(line, free=free, held=held, most_skips=most_skips, is_last_call=is_last_call)
        places = dict(decided.offers)
        unable = {key for key in decided.concerned - able if not _is_able(entries[key], session, places.get(key, 0))}
        if not unable:
            return decided
        able |= decided.concerned - unable
        line = [one for one in line if one.key not in unable]


def _free(session: Session) -> tuple[int, int]:
    """Free places, and those of them that are held back: no more than the venue still receives that day."""
    most = venue_days.left(session)
    if most is None:
        return session.left, session.held_open
    if session.unit != Session.Unit.HEADS:
        return (session.left, session.held_open) if most else (0, 0)
    free, open_to_all = min(session.left, most), min(session.left - session.held_open, most)
    return free, free - max(0, open_to_all)


def _is_able(entry: WaitlistEntry, session: Session, places: int = 0) -> bool:
    """Whether the group, or its part that fits so many places, could come now."""
    return not {rule.code for rule in _in_the_way(entry, session, places)} - PLACES


def _in_the_way(entry: WaitlistEntry, session: Session, places: int = 0) -> list[Broken]:
    """Every rule that keeps the group from coming, missing places among them."""
    try:
        group = _part(entry, session, places) if places else groups.of_waiting(entry)
    except Refused as no:  # a class without pupils by now
        return [Broken(no.code, str(no), "school")]
    return list(Judge([session], group, waived=WAIVED).of(session).blocking)


def _part(entry: WaitlistEntry, session: Session, places: int) -> Group:
    """The whole group, or the largest part of it for so many places."""
    if places >= session.seats_for(entry.heads):
        return groups.of_waiting(entry)
    chosen = parts(_sizes(entry), most=places)
    return groups.of_waiting(entry, chosen[max(chosen)] if chosen else None, heads=places)


def part_of(entry: WaitlistEntry) -> dict[str, Any]:
    """What of the group fits the places offered to it, as `waitlist.accept` wants to hear it; nothing said: all of it."""
    offer = entry.offer
    if offer is None or offer.seats >= entry.session.seats_for(entry.heads):
        return {}
    if entry.by == Booking.By.HEADS:
        return {"heads": offer.seats}
    chosen = parts(_sizes(entry), most=offer.seats)
    return {"classes": chosen[max(chosen)]} if chosen else {}


def _sizes(entry: WaitlistEntry) -> dict[int, int]:
    """How many of each class wait; nothing where they were not counted apart."""
    found = {row.school_class_id: row.pupils for row in entry.classes.all()}
    return found if all(found.values()) else {}


def in_line(entry: WaitlistEntry, session: Session) -> Waiting:
    """An entry (loaded `with_names`) as the decision sees it."""
    takes_part = session.unit == Session.Unit.HEADS and entry.smallest < entry.heads
    return Waiting(
        entry.pk,
        session.seats_for(entry.heads),
        session.seats_for(entry.smallest),
        entry.skipped,
        entry.school.may_take_held_back,
        frozenset(parts(_sizes(entry), most=entry.heads)) if takes_part else frozenset(),
    )


def why(entry: WaitlistEntry) -> list[Broken]:
    """Why a group still waits: the rules in its way; else that the free places gather for one before it."""
    session = entry.session
    rules = [rule for rule in _in_the_way(entry, session) if rule.code != "session.queue"]
    if rules or session.left <= 0:
        return rules
    decided = _decide({each.pk: each for each in session.waitlist.waiting().with_names()}, session)
    if decided.gathers is None or decided.gathers == entry.pk:
        return []
    return [Broken("waitlist.gathers", GATHERS, "session")]


def _offer(entry: WaitlistEntry, session: Session, places: int) -> bool:
    """Hold the places, and the venue's day, for the group. False where the day has just become full."""
    heads = min(entry.heads, places) if session.unit == Session.Unit.HEADS else entry.heads
    try:
        with transaction.atomic():
            venue_days.add(session, heads)
    except IntegrityError:
        return False
    held = seats.take(session, places, entitled=entry.school.may_take_held_back)
    offer = Offer.objects.create(
        entry=entry,
        session=session,
        seats=places,
        held=held,
        heads=heads if session.place_id else 0,
        until=until_of(session, entry.district_id),
    )
    move(entry, "offer", by=SYSTEM, facts={"seats": places})
    waitlist_notices.tell_offered(entry, offer)
    return True


def give_back(offer: Offer) -> None:
    """What an open offer held is free again: in the order of a booking, the session last."""
    if offer.heads:
        venue_days.remove(offer.session, offer.heads)
    seats.give_back(offer.session_id, offer.seats, offer.held)


def until_of(session: Session, district_id: int) -> dt.datetime:
    """17:00 of the next school day of the school's district.

    Where the session has begun by then: half-way to its start, so that somebody else can still be asked."""
    now = clock.now()
    half = now + (session.starts_at - now) / 2
    try:
        day = calendar.school_day_after(district_id, clock.today(), 1)
    except Refused:  # the calendar ends before
        return half
    usual = clock.moment(day, dt.time(thresholds.of(district_id)["waitlist_answer_hour"]))
    return usual if usual < session.starts_at else half


@verb
def lapse(offer: Offer) -> bool:
    """An offer whose time is over: its places are free again. False when somebody else settled it first."""
    if not settle(offer, Offer.State.LAPSED):
        return False
    end(offer.entry, "lapse", by=SYSTEM)
    give_back(offer)
    waitlist_notices.tell_lapsed(offer.entry)
    ring("activities.offer_places", offer.session_id)
    return True


@verb
def close(session: Session) -> int:
    """The session is cancelled or has begun: whoever waits is told, open offers are void. Returns how many waited."""
    entries = list(session.waitlist.live().with_names())
    for offer in Offer.objects.filter(session=session, state=Offer.State.OPEN).select_related("session"):
        if settle(offer, Offer.State.LAPSED):
            give_back(offer)
    for entry in entries:
        end(entry, "close", by=SYSTEM)
        waitlist_notices.tell_closed(entry)
    return len(entries)


def settle(offer: Offer, state: str, *, still_in_time: bool = False) -> bool:
    rows = Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN)
    if still_in_time:
        rows = rows.filter(until__gt=clock.now())
    return rows.update(state=state) == 1


def end(entry: WaitlistEntry, name: str, *, by: Actor) -> None:
    move(entry, name, by=by, ended_at=clock.now())
    entry.classes.update(is_live=False)


def could_be_served(entry: WaitlistEntry) -> bool:
    """Whether places are free now for this group, or the part that it would take: then something was left undone."""
    one = in_line(entry, entry.session)
    free, held = _free(entry.session)
    places = one.fitting(free if one.is_entitled else free - held)
    return places > 0 and _is_able(entry, entry.session, places)


# --- the timetable ----------------------------------------------------------------------------------------------------


def due() -> int:
    """Rows that wait for the timetable: offers that are over, and sessions that have begun with groups in line."""
    return _over().count() + _begun().distinct().count()


def _over():
    return Offer.objects.filter(state=Offer.State.OPEN, until__lte=clock.now())


def _begun():
    return Session.objects.filter(starts_at__lte=clock.now(), waitlist__state__in=(State.WAITING, State.OFFERED))


def sweep() -> int:
    """Lapse, close, and offer: what a lost message missed. Returns how many offers were made.

    Each by itself: one that somebody else is busy with is left to the next minute."""
    sweeping.each(_over().select_related("session", "entry__session__programme"), lapse)
    sweeping.each(_begun().distinct(), close)
    waited_for = Session.objects.filter(state=Session.State.OPEN, starts_at__gt=clock.now(), taken__lt=F("capacity"))
    keys = waited_for.filter(waitlist__state=State.WAITING).order_by("pk").values_list("pk", flat=True).distinct()
    return sweeping.each(keys, offer_places)
