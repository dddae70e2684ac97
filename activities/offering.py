"""What becomes free is offered to the waiting list: whose turn it is, for how long, and what happens when nobody takes it.

Rung after every act that frees places and swept by the timetable. Offered places, and the venue's day for them, count
as taken until they are accepted, lapse, or are declined.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from activities import groups, seats, venue_days, waiting_sizes, waitlist_notices
from activities.eligibility import Judge
from activities.groups import Group
from activities.line import Turn, Waiting, parts, turn
from activities.models import Booking, Offer, Session, WaitlistEntry
from activities.verdicts import Broken
from partnerships import calendar
from people import quiet, thresholds
from people.actors import SYSTEM, Actor
from people.models import District
from people.workflow import move, verb
from portal.lib import clock, sweeping
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

# What an offered part need not meet, and what a group without free places may lack beside it and still stand in line.
PLACES = frozenset({"session.capacity", "session.queue"})
OF_SIZE = frozenset({"venue.group_min"})  # a class alone may be too few
OF_THE_DAY = frozenset({"venue.quota_day", "venue.quota_half_day"})
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
    waiting_sizes.recount(entries.values(), session)
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
    day = venue_days.left(session)
    line = [waiting_sizes.in_line(entry, session) for entry in entries.values()]
    line = [one for one in line if one.fitting(session.capacity, day.largest)]  # else places would gather in vain
    coming: dict[int, Mapping[int, int]] = {}  # of groups that can't come as a whole
    able: set[tuple[int, int]] = set()
    while True:
        decided = turn(
            line,
            free=session.left,
            held=session.held_open,
            groups=day.groups,
            heads=day.heads,
            most_skips=most_skips,
            is_last_call=is_last_call,
        )
        places = dict(decided.offers)
        asked = {(key, places.get(key, 0)) for key in decided.concerned} - able
        unable = {(key, n) for key, n in asked if not _is_able(entries[key], session, n, coming.get(key))}
        if not unable:
            return decided
        able |= asked - unable
        for key, _n in unable:
            line = _less(line, entries[key], session, coming)


def _less(
    line: list[Waiting], entry: WaitlistEntry, session: Session, coming: dict[int, Mapping[int, int]]
) -> list[Waiting]:
    """The line without a group that can't come; with those of its classes that can, where the school takes a part."""
    at = next(n for n, one in enumerate(line) if one.key == entry.pk)
    one, first_time = line[at], entry.pk not in coming
    coming[entry.pk] = _coming(entry, session) if first_time and one.sizes else {}
    places = sum(coming[entry.pk].values())
    if not one.smallest <= places < one.places:
        return [*line[:at], *line[at + 1 :]]
    sizes = frozenset(parts(coming[entry.pk], most=places))
    return [*line[:at], replace(one, places=places, sizes=sizes), *line[at + 1 :]]


def _coming(entry: WaitlistEntry, session: Session) -> dict[int, int]:
    """The classes of a group that could come now, each with its pupils."""
    try:
        group = groups.of_waiting(entry)
    except Refused:  # a class without pupils by now
        return {}
    judge, able = Judge([session], group, waived=WAIVED), {}
    for part in groups.by_class(group):
        codes = {rule.code for rule in judge.for_part(part).of(session).blocking}
        able[part.classes[0].pk] = not codes - PLACES - OF_THE_DAY - OF_SIZE
    return {key: pupils for key, pupils in waiting_sizes.of_classes(entry).items() if able[key]}


def _is_able(entry: WaitlistEntry, session: Session, places: int = 0, classes: Mapping[int, int] | None = None) -> bool:
    """Whether the group, or its part that fits so many places, could come now; without `places`: if there were any."""
    missing = PLACES if places else PLACES | OF_THE_DAY
    return not {rule.code for rule in _in_the_way(entry, session, places, classes)} - missing


def _in_the_way(
    entry: WaitlistEntry, session: Session, places: int = 0, classes: Mapping[int, int] | None = None
) -> list[Broken]:
    """Every rule that keeps the group, or these of its classes, from coming, missing places among them."""
    try:
        group = _part(entry, session, places, classes) if places else groups.of_waiting(entry, classes)
    except Refused as no:  # a class without pupils by now
        return [Broken(no.code, str(no), "school")]
    return list(Judge([session], group, waived=WAIVED).of(session).blocking)


def _part(entry: WaitlistEntry, session: Session, places: int, classes: Mapping[int, int] | None) -> Group:
    """The whole group, or the largest part of it (of these classes) for so many places."""
    if places >= session.seats_for(entry.heads):
        return groups.of_waiting(entry)
    chosen = parts(classes or waiting_sizes.of_classes(entry), most=places)
    return groups.of_waiting(entry, chosen[max(chosen)] if chosen else None, heads=places)


def part_of(entry: WaitlistEntry) -> dict[str, Any]:
    """What of the group fits the places offered to it, as `waitlist.accept` wants to hear it; nothing said: all of it."""
    offer = entry.offer
    if offer is None or offer.seats >= entry.session.seats_for(entry.heads):
        return {}
    if entry.by == Booking.By.HEADS:
        return {"heads": offer.seats}
    chosen = parts(_coming(entry, entry.session), most=offer.seats)
    return {"classes": chosen[max(chosen)]} if chosen else {}


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
        until=until_of(session, entry.district),
    )
    move(entry, "offer", by=SYSTEM, facts={"seats": places})
    waitlist_notices.tell_offered(entry, offer)
    return True


def give_back(offer: Offer) -> None:
    """What an open offer held is free again: in the order of a booking, the session last."""
    if offer.heads:
        venue_days.remove(offer.session, offer.heads)
    seats.give_back(offer.session_id, offer.seats, offer.held)


def until_of(session: Session, district: District) -> dt.datetime:
    """17:00 of the next school day of the school's district.

    Where the session has begun by then: half-way to its start, so that somebody else can still be asked; counted from
    when the school hears of it, and never over at night where the morning comes in time."""
    night, starts = quiet.of_district(district), session.starts_at
    heard = night.after(clock.now())
    heard = heard if heard < starts else clock.now()
    half = heard + (starts - heard) / 2
    half = night.after(half) if night.after(half) < starts else half
    try:
        day = calendar.school_day_after(district.pk, clock.today(), 1)
    except Refused:  # the calendar ends before
        return half
    usual = clock.moment(day, dt.time(thresholds.of(district.pk)["waitlist_answer_hour"]))
    return usual if usual < starts else half


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
    offers = Offer.objects.filter(session=session, state=Offer.State.OPEN).select_related("session").order_by("pk")
    for offer in [each for each in offers if settle(each, Offer.State.LAPSED)]:  # all settled before a place is free
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
    one, session, day = waiting_sizes.in_line(entry, entry.session), entry.session, venue_days.left(entry.session)
    places = 0 if day.groups == 0 else one.fitting(session.left_for(one.is_entitled), day.heads)
    return places > 0 and _is_able(entry, session, places)


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
