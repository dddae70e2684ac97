"""候补: joining a session's waiting list, being offered places, accepting, lapsing, leaving.

Freed places are offered by `offer_places`, rung after every act that frees some and swept by the timetable. Offered
places count as taken in the session until they are accepted, lapse, or are declined.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities import bookings, groups, notices, seats
from activities.eligibility import Judge
from activities.groups import Group
from activities.line import Waiting, turn
from activities.models import Booking, Offer, Session, WaitlistClass, WaitlistEntry
from activities.verdicts import Verdict
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
    entries = list(session.waitlist.waiting().with_names().select_related("school__organisation"))
    if not entries or session.state != Session.State.OPEN or session.has_begun:
        return 0
    values = {entry.district_id: thresholds.of(entry.district_id) for entry in entries}
    able = {entry.pk: entry for entry in entries if _is_able(entry, session)}
    line = [_in_line(entry, session) for entry in entries if entry.pk in able]
    hours = max(each["waitlist_last_call_hours"] for each in values.values())
    decided = turn(
        line,
        free=session.left,
        held=session.held_open,
        most_skips=min(each["waitlist_most_skips"] for each in values.values()),
        is_last_call=session.starts_at - clock.now() <= dt.timedelta(hours=hours),
    )
    for key, places in decided.offers:
        _offer(able[key], session, places)
    for key in decided.passed:
        entry = able[key]
        WaitlistEntry.objects.filter(pk=key).update(skipped=entry.skipped + 1)
    return len(decided.offers)


def _is_able(entry: WaitlistEntry, session: Session) -> bool:
    """Whether the group could come now if it had places: who has another activity by now is asked later."""
    try:
        group = group_of(entry)
    except Refused:  # a class without pupils by now
        return False
    blocking = Judge([session], group, waived=WAIVED).of(session).blocking
    return not {rule.code for rule in blocking} - {"session.capacity", "session.queue"}


def _in_line(entry: WaitlistEntry, session: Session) -> Waiting:
    return Waiting(
        entry.pk,
        session.seats_for(entry.heads),
        session.seats_for(entry.smallest),
        entry.skipped,
        groups.is_entitled(entry.school),
    )


def _offer(entry: WaitlistEntry, session: Session, places: int) -> None:
    held = seats.take(session, places, entitled=groups.is_entitled(entry.school))
    offer = Offer.objects.create(
        entry=entry, session=session, seats=places, held=held, until=until_of(session, entry.district_id)
    )
    move(entry, "offer", by=SYSTEM, facts={"seats": places})
    notices.tell_offered(entry, offer)


def until_of(session: Session, district_id: int) -> dt.datetime:
    """17:00 of the next school day of the school's district, at the latest the session's start."""
    hour = thresholds.of(district_id)["waitlist_answer_hour"]
    try:
        day = calendar.school_day_after(district_id, clock.today(), 1)
    except Refused:  # the calendar ends before
        return session.starts_at
    return min(clock.moment(day, dt.time(hour)), session.starts_at)


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
        seats.give_back(offer.session_id, offer.seats, offer.held)
    ring("activities.offer_places", entry.session_id)


@verb
def lapse(offer: Offer) -> bool:
    """An offer whose time is over: its places are free again. False when somebody else settled it first."""
    if not _settle(offer, Offer.State.LAPSED):
        return False
    _end(offer.entry, "lapse", by=SYSTEM)
    seats.give_back(offer.session_id, offer.seats, offer.held)
    notices.tell_lapsed(offer.entry)
    ring("activities.offer_places", offer.session_id)
    return True


@verb
def close(session: Session) -> int:
    """The session is cancelled or has begun: whoever waits is told, open offers are void. Returns how many waited."""
    entries = list(session.waitlist.live().with_names())
    for offer in Offer.objects.filter(session=session, state=Offer.State.OPEN):
        if _settle(offer, Offer.State.LAPSED):
            seats.give_back(offer.session_id, offer.seats, offer.held)
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
