"""候补: joining a session's waiting list, being offered places, accepting, lapsing, leaving.

Freed places are offered by `offer_places`, rung after every act that frees some and swept by the timetable. Offered
places count as taken in the session until they are accepted, lapse, or are declined.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from activities import bookings, groups, notices, seats, venue_days
from activities.eligibility import Judge
from activities.groups import Group
from activities.line import Turn, Waiting, sums, turn
from activities.models import Booking, Offer, Session, WaitlistClass, WaitlistEntry
from activities.verdicts import Broken, Verdict
from partnerships import calendar
from people import audit, thresholds
from people.access import require
from people.actors import SYSTEM, Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

# What a group may wait for; every other rule it must meet when it joins.
WAITS_FOR = frozenset({"session.capacity", "session.queue", "venue.quota_day", "venue.quota_half_day"})
# What free places depend on: a group without them still stands in line, a day that is full is offered to nobody.
PLACES = frozenset({"session.capacity", "session.queue"})
# It had met the venue's lead time when it joined.
WAIVED = frozenset({"venue.lead_days"})
State = WaitlistEntry.State


def may_wait(verdict: Verdict) -> bool:
    """Whether nothing but missing places stands between the group and the session."""
    codes = {rule.code for rule in verdict.blocking}
    return bool(codes) and codes <= WAITS_FOR


def join(
    session: Session,
    group: Group,
    *,
    by: Actor,
    leader: Membership,
    request_key: uuid.UUID,
    smallest: int = 0,
    may_split: bool = False,
    phone: str = "",
) -> WaitlistEntry:
    """Wait for places. `smallest` pupils the school would take instead of all (0: all of them or none).

    The same `request_key` gives the same entry. Raises NotEligible for every rule but missing places, Refused where
    places are free or the group is on the list.
    """
    require(by, Permission.BOOKING_REQUEST, group.school)
    if min(session.seats_for(smallest or group.pupils), session.seats_for(group.pupils)) > session.capacity:
        raise Refused("waitlist.too_large", _("The session has fewer places than this group needs, even when empty."))
    sent = WaitlistEntry.objects.filter(school=group.school, request_key=request_key)
    if found := sent.first():
        return found
    try:
        return _join(session, group, by, leader, request_key, smallest or group.pupils, may_split, phone)
    except Refused:
        if found := sent.first():
            return found
        raise


@verb
def _join(session, group, by, leader, request_key, smallest, may_split, phone) -> WaitlistEntry:
    bookings.check_leader(leader, group.school)
    verdict = Judge([session], group).of(session)
    others = [rule for rule in verdict.blocking if rule.code not in WAITS_FOR]
    if others:
        raise bookings.NotEligible(Verdict(tuple(others), verdict.met, verdict.agreement, verdict.adults_needed))
    if verdict.may_book:
        raise Refused("waitlist.fits", _("There are places for this group: book it."))
    entry = WaitlistEntry.objects.create(
        session=session,
        school=group.school,
        district_id=group.school.district_id,
        by=group.by,
        group=group.activity_group,
        heads=group.pupils,
        smallest=group.pupils if group.by == Booking.By.GROUP else smallest,
        may_split=may_split and group.by != Booking.By.GROUP,
        adults=group.adults,
        leader=leader,
        phone=phone,
        request_key=request_key,
        asked_by=getattr(by, "membership", None),
    )
    WaitlistClass.objects.bulk_create(
        WaitlistClass(entry=entry, session=session, school_class=one, heads=group.heads.get(one.pk, 0))
        for one in group.classes
    )
    audit.record("waitlist.join", entry, by=by, is_now=entry.state, session=session.pk, pupils=entry.heads)
    ring("activities.offer_places", session.pk)
    return entry


@verb
def offer_places(session_id: int) -> int:
    """Offer what is free to whoever's turn it is; returns how many offers. Safe to run twice or beside itself."""
    session = Session.objects.select_for_update(no_key=True).select_related("programme").get(pk=session_id)
    if session.state != Session.State.OPEN or session.has_begun or session.left <= 0:
        return 0
    entries = {entry.pk: entry for entry in session.waitlist.waiting().with_names()}
    if not entries:
        return 0
    values = {entry.district_id: thresholds.of(entry.district_id) for entry in entries.values()}
    hours = max(each["waitlist_last_call_hours"] for each in values.values())
    asked = {
        "most_skips": min(each["waitlist_most_skips"] for each in values.values()),
        "is_last_call": session.starts_at - clock.now() <= dt.timedelta(hours=hours),
    }
    made = 0
    for key, places in _decide(entries, session, asked).offers:
        made += _offer(entries[key], session, places)
    return made


def _decide(entries: dict[int, WaitlistEntry], session: Session, asked: dict[str, Any]) -> Turn:
    """Whose turn it is among those who could come now; only who matters to the decision is judged. Counts the skips."""
    line = [in_line(entry, session) for entry in entries.values()]
    able: set[int] = set()
    while True:
        decided = turn(line, free=session.left, held=session.held_open, **asked)
        unable = {key for key in decided.concerned - able if not _is_able(entries[key], session)}
        if not unable:
            break
        able |= decided.concerned - unable
        line = [one for one in line if one.key not in unable]
    for key, times in decided.passed.items():
        WaitlistEntry.objects.filter(pk=key).update(skipped=F("skipped") + times)
    return decided


def _is_able(entry: WaitlistEntry, session: Session) -> bool:
    """Whether the group could come now if it had places."""
    return not {rule.code for rule in _in_the_way(entry, session)} - PLACES


def _in_the_way(entry: WaitlistEntry, session: Session) -> list[Broken]:
    """Every rule that keeps the group (or the part that would come) from coming, missing places among them."""
    try:
        group = group_of(entry)
    except Refused as no:  # a class without pupils by now
        return [Broken(no.code, str(no), "school")]
    return list(Judge([session], group, waived=WAIVED).of(session).blocking)


def in_line(entry: WaitlistEntry, session: Session) -> Waiting:
    """An entry (loaded `with_names`) as the decision sees it."""
    sizes: frozenset[int] = frozenset()
    if entry.by == Booking.By.CLASSES and session.unit == Session.Unit.HEADS and entry.smallest < entry.heads:
        sizes = sums([row.size for row in entry.classes.all()], most=entry.heads)
    return Waiting(
        entry.pk,
        session.seats_for(entry.heads),
        session.seats_for(entry.smallest),
        entry.skipped,
        groups.is_entitled(entry.school),
        sizes,
    )


def _offer(entry: WaitlistEntry, session: Session, places: int) -> bool:
    """Hold the places, and the venue's day, for the group. False where the day has just become full."""
    heads = min(entry.heads, places) if session.unit == Session.Unit.HEADS else entry.heads
    try:
        with transaction.atomic():
            venue_days.add(session, heads)
    except IntegrityError:
        return False
    held = seats.take(session, places, entitled=groups.is_entitled(entry.school))
    offer = Offer.objects.create(
        entry=entry,
        session=session,
        seats=places,
        held=held,
        heads=heads if session.place_id else 0,
        until=until_of(session, entry.district_id),
    )
    move(entry, "offer", by=SYSTEM, facts={"seats": places})
    notices.tell_offered(entry, offer)
    return True


def _give_back(offer: Offer) -> None:
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


def group_of(entry: WaitlistEntry, classes: Iterable[int] | None = None, heads: int = 0) -> Group:
    """The group of an entry as it is today; with `classes` or `heads` only that part of it."""
    day = entry.session.day
    if entry.group:
        return groups.of_activity_group(entry.group, on=day, adults=entry.adults)
    if entry.by == Booking.By.HEADS:
        return groups.of_heads(entry.school, heads or entry.heads, on=day, adults=entry.adults)
    wanted = None if classes is None else set(classes)
    rows = [row for row in entry.classes.all() if wanted is None or row.school_class_id in wanted]
    counts = {row.school_class_id: row.heads for row in rows}
    return groups.of_classes(
        entry.school, [row.school_class for row in rows], on=day, adults=entry.adults, heads=counts
    )


@verb
def accept(entry: WaitlistEntry, *, by: Actor, classes: Iterable[int] | None = None, heads: int = 0) -> Booking:
    """Take the offered places, for the whole group or the part that fits; the rest waits on where it may.

    Raises Refused when the time is over or the part is larger than the offer, NotEligible for any broken rule.
    """
    require(by, Permission.BOOKING_REQUEST, entry.school)
    offer = Offer.objects.filter(entry=entry, state=Offer.State.OPEN).first()
    key = uuid.uuid5(entry.request_key, str(offer.pk if offer else 0))
    if offer is None or not _settle(offer, Offer.State.ACCEPTED, still_in_time=True):
        raise Refused("waitlist.lapsed", _("The time to confirm these places is over."))
    group = group_of(entry, classes, heads)
    if entry.session.seats_for(group.pupils) > offer.seats:
        raise Refused(
            "waitlist.too_many",
            _("%(seats)s places are offered and this part needs %(needed)s."),
            seats=offer.seats,
            needed=entry.session.seats_for(group.pupils),
        )
    booking = bookings.request(
        entry.session, group, by=by, leader=entry.leader, request_key=key, phone=entry.phone, waived=WAIVED, offer=offer
    )
    rest = entry.heads - booking.pupils
    if rest > 0 and entry.may_split:
        entry.classes.filter(school_class__in=[one.pk for one in group.classes]).delete()
        move(entry, "wait_on", by=by, heads=rest, smallest=min(entry.smallest, rest))
    else:
        _end(entry, "accept", by=by)
    ring("activities.offer_places", entry.session_id)
    return booking


@verb
def leave(entry: WaitlistEntry, *, by: Actor) -> None:
    """Leave the list, and give back what was offered. Whoever has left is never offered anything again."""
    offer = Offer.objects.filter(entry=entry, state=Offer.State.OPEN).first()
    _end(entry, "leave", by=by)
    if offer and _settle(offer, Offer.State.DECLINED):
        _give_back(offer)
    ring("activities.offer_places", entry.session_id)


@verb
def lapse(offer: Offer) -> bool:
    """An offer whose time is over: its places are free again. False when somebody else settled it first."""
    if not _settle(offer, Offer.State.LAPSED):
        return False
    _end(offer.entry, "lapse", by=SYSTEM)
    _give_back(offer)
    notices.tell_lapsed(offer.entry)
    ring("activities.offer_places", offer.session_id)
    return True


@verb
def close(session: Session) -> int:
    """The session is cancelled or has begun: whoever waits is told, open offers are void. Returns how many waited."""
    entries = list(session.waitlist.live().with_names())
    for offer in Offer.objects.filter(session=session, state=Offer.State.OPEN):
        if _settle(offer, Offer.State.LAPSED):
            _give_back(offer)
    for entry in entries:
        _end(entry, "close", by=SYSTEM)
        notices.tell_closed(entry)
    return len(entries)


def _settle(offer: Offer, state: str, *, still_in_time: bool = False) -> bool:
    rows = Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN)
    if still_in_time:
        rows = rows.filter(until__gt=clock.now())
    return rows.update(state=state) == 1


def _end(entry: WaitlistEntry, name: str, *, by: Actor) -> None:
    move(entry, name, by=by, ended_at=clock.now())
    entry.classes.update(is_live=False)


def could_be_served(entry: WaitlistEntry) -> bool:
    """Whether places are free now for this group, or the part that it would take: then something was left undone."""
    free = entry.session.left_for(groups.is_entitled(entry.school))
    return free >= entry.session.seats_for(entry.smallest) and _is_able(entry, entry.session)


def position(entry: WaitlistEntry) -> int:
    """Place in line, from 1."""
    earlier = Q(asked_at__lt=entry.asked_at) | Q(asked_at=entry.asked_at, pk__lt=entry.pk)
    return WaitlistEntry.objects.filter(earlier, session=entry.session_id, state=State.WAITING).count() + 1


# --- the timetable ----------------------------------------------------------------------------------------------------


def due() -> int:
    """Rows that wait for the timetable: offers that are over, and sessions that have begun with groups in line."""
    return _over().count() + _begun().distinct().count()


def _over():
    return Offer.objects.filter(state=Offer.State.OPEN, until__lte=clock.now())


def _begun():
    return Session.objects.filter(starts_at__lte=clock.now(), waitlist__state__in=(State.WAITING, State.OFFERED))


def sweep() -> int:
    """Lapse, close, and offer: what a lost message missed. Returns how many offers were made."""
    for offer in _over().select_related("entry__session__programme"):
        lapse(offer)
    for session in _begun().distinct():
        close(session)
    waited_for = Session.objects.filter(state=Session.State.OPEN, starts_at__gt=clock.now())
    keys = waited_for.filter(waitlist__state=State.WAITING).order_by("pk").values_list("pk", flat=True).distinct()
    return sum(offer_places(key) for key in keys)
