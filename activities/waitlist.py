"""候补: joining a session's waiting list, being offered places, accepting, lapsing, leaving.

What becomes free is offered by `activities/offering.py`.
"""

import uuid
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from activities import bookings, groups, offering, venue_days, waiting_sizes
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Booking, Offer, Session, WaitlistClass, WaitlistEntry
from activities.verdicts import Verdict
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import move, verb
from portal.lib.doorbell import ring
from portal.lib.errors import Refused

# What a group may wait for; every other rule it must meet when it joins.
WAITS_FOR = frozenset({"session.capacity", "session.queue", "venue.quota_day", "venue.quota_half_day"})


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
    named = Counter(enrolment.school_class_id for enrolment in group.enrolments)
    unnamed = {one.pk: group.heads.get(one.pk, 0) for one in group.classes}
    of_class = {one.pk: named[one.pk] + unnamed[one.pk] for one in group.classes}
    _check_size(session, group, min(smallest, group.pupils), of_class)
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
        on_sheet=group.on_sheet,
        leader=leader,
        phone=phone,
        request_key=request_key,
        asked_by=getattr(by, "membership", None),
    )
    WaitlistClass.objects.bulk_create(
        WaitlistClass(
            entry=entry,
            session=session,
            school_class=one,
            heads=unnamed[one.pk],
            pupils=of_class[one.pk],
        )
        for one in group.classes
    )
    audit.record("waitlist.join", entry, by=by, is_now=entry.state, session=session.pk, pupils=entry.heads)
    ring("activities.offer_places", session.pk)
    return entry


def _check_size(session: Session, group: Group, smallest: int, of_class: dict[int, int]) -> None:
    """Refuse whoever would wait in vain: no part that the school takes fits the session, or the venue's day."""
    one = waiting_sizes.waiting(session, group.pupils, smallest, of_class)
    if not one.fitting(session.capacity):
        raise Refused("waitlist.too_large", _("The session has fewer places than this group needs, even when empty."))
    if not one.fitting(session.capacity, venue_days.left(session).largest):
        raise Refused(
            "waitlist.too_large", _("The venue never receives as many pupils at that time as this group has.")
        )


@verb
def accept(entry: WaitlistEntry, *, by: Actor, classes: Iterable[int] | None = None, heads: int = 0) -> Booking:
    """Take the offered places, for the whole group or the part that fits; the rest waits on where it may.

    Raises Refused when the time is over or the part is larger than the offer, NotEligible for any broken rule.
    """
    require(by, Permission.BOOKING_REQUEST, entry.school)
    offer = Offer.objects.filter(entry=entry).order_by("-pk").first()
    key = uuid.uuid5(entry.request_key, str(offer.pk if offer else 0))
    if offer is None or not offering.settle(offer, Offer.State.ACCEPTED, still_in_time=True):
        if found := Booking.objects.alive().filter(school=entry.school_id, request_key=key).first():
            return found  # the other half of a double click was faster
        raise Refused("waitlist.lapsed", _("The time to confirm these places is over."))
    group = groups.of_waiting(entry, classes, min(heads, entry.heads))  # never more than were in line
    of_part = {row.school_class_id: row.pupils for row in entry.classes.all()}
    counted = sum(of_part.get(one.pk, 0) for one in group.classes) or group.pupils  # who joined since needs free places
    if entry.session.seats_for(counted) > offer.seats:
        raise Refused(
            "waitlist.too_many",
            _("%(seats)s places are offered and this part needs %(needed)s."),
            seats=offer.seats,
            needed=entry.session.seats_for(group.pupils),
        )
    booking = bookings.request(
        entry.session,
        group,
        by=by,
        leader=_leader(entry, by),
        request_key=key,
        phone=entry.phone,
        waived=offering.WAIVED,
        offer=offer,
    )
    rest = _rest(entry, booking, of_part)
    if rest > 0 and entry.may_split:
        entry.classes.filter(school_class__in=[one.pk for one in group.classes]).delete()
        move(entry, "wait_on", by=by, heads=rest, smallest=min(entry.smallest, rest))
    else:
        offering.end(entry, "accept", by=by)
    ring("activities.offer_places", entry.session_id)
    return booking


def _leader(entry: WaitlistEntry, by: Actor) -> Membership:
    """Who was to lead the group; whoever takes the places where that person has left the school."""
    return entry.leader if entry.leader.is_active else getattr(by, "membership", None) or entry.leader


def _rest(entry: WaitlistEntry, booking: Booking, of_part: dict[int, int]) -> int:
    """How many wait on: heads that were not booked, or the classes that were not."""
    if entry.by == Booking.By.HEADS:
        return entry.heads - booking.pupils
    booked = {row.school_class_id for row in booking.classes.all()}
    return sum(pupils for key, pupils in of_part.items() if key not in booked)


@verb
def leave(entry: WaitlistEntry, *, by: Actor) -> None:
    """Leave the list, and give back what was offered. Whoever has left is never offered anything again."""
    offer = Offer.objects.filter(entry=entry, state=Offer.State.OPEN).first()
    is_given_back = offer is not None and offering.settle(offer, Offer.State.DECLINED)  # first: as accepting does
    offering.end(entry, "leave", by=by)
    if offer and is_given_back:
        offering.give_back(offer)
    ring("activities.offer_places", entry.session_id)


def position(entry: WaitlistEntry) -> int:
    """Place in line, from 1; 0 when it does not wait any more."""
    return WaitlistEntry.objects.with_position().values_list("position", flat=True).get(pk=entry.pk) or 0
