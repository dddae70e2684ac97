"""人数: a group becomes larger or smaller, gives part of its places back, and says in the end how many come.

A few heads more or fewer need no new word (the district says how many). Beyond that, more is asked of a host that
confirms by hand, and fewer is a part return. Five school days before the session the school is asked for the final
head count: it confirms, returns part, or loses the places; never while schools are closed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from activities import bookings, confirmations, exemptions, groups, notices, seats, uses, venue_days
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Booking, BookingClass, RollEntry, WaitlistEntry
from activities.verdicts import Broken, Verdict
from partnerships.models import Enrolment
from people import audit, thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused

State = Booking.State
OPEN = (State.REQUESTED, State.CONFIRMED)
DAY = _("From the day of the visit on, the roll says how many came.")
LATE = _("The free time for changes is over: at most %(most)s pupils can come without asking the venue again.")
QUEUED = _("Other groups wait for places in this session: yours can't become larger.")


def leeway(booking: Booking) -> int:
    """By how many pupils the group may differ from what was agreed without a new word: 5, or 10 % if that is more."""
    values = thresholds.of(booking.district_id)
    share = booking.agreed_pupils * values["count_leeway_percent"] // 100
    return max(values["count_leeway_heads"], share)


def candidates(booking: Booking) -> list[Enrolment]:
    """Named pupils who may come with this booking: on its roll, or in its classes or club on the day."""
    day = booking.session.day
    own = set(booking.roll.values_list("enrolment_id", flat=True))
    rows = Enrolment.objects.on(day)
    if booking.group:
        members = booking.group.members.on(day).values("student")
        found = rows.filter(student__in=members)
    else:
        found = rows.filter(school_class__in=[row.school_class_id for row in booking.classes.all()])
    more = set(found.values_list("pk", flat=True))
    everybody = Enrolment.objects.filter(pk__in=own | more)
    return list(everybody.select_related("school_class", "student").order_by("school_class", "seat", "pk"))


def coming(
    booking: Booking,
    *,
    stay: Collection[int] | None = None,
    classes: Collection[int] | None = None,
    heads: Mapping[int, int] | None = None,
    pupils: int | None = None,
    adults: int | None = None,
) -> Group:
    """The group that would come: what is not said stays as it is.

    `stay` are enrolments of named pupils who stay at school (all other candidates come), `classes` the classes that
    still come, `heads` the pupils without a stored name by class, `pupils` the number of a head-count booking.
    Raises Refused where nobody is left.
    """
    group = groups.of_booking(booking, on=booking.session.day)
    enrolments = group.enrolments
    if stay is not None:
        enrolments = tuple(row for row in candidates(booking) if row.pk not in set(stay))
    named = {row.school_class_id for row in enrolments}
    kept, counted = group.classes, {key: number for key, number in group.heads.items() if key not in named}
    if pupils is not None and booking.by == Booking.By.HEADS:
        counted = {0: pupils}
    for key, number in (heads or {}).items():
        if counted.get(key):  # a class whose names are not stored
            counted[key] = number
    if classes is not None and booking.by == Booking.By.CLASSES:
        kept = tuple(one for one in kept if one.pk in set(classes))
        enrolments = tuple(row for row in enrolments if row.school_class_id in set(classes))
    named = {row.school_class_id for row in enrolments}
    if booking.by == Booking.By.CLASSES:
        counted = {one.pk: counted[one.pk] for one in kept if counted.get(one.pk, 0) > 0}
        kept = tuple(one for one in kept if one.pk in named or one.pk in counted)
    if any(number < 0 for number in counted.values()):
        raise Refused("count.below_zero", _("A number of pupils is 0 or more."))
    grades = frozenset(grade for one in kept if (grade := one.grade(booking.session.day)) is not None)
    found = replace(
        group,
        classes=kept,
        enrolments=enrolments,
        heads=counted,
        adults=group.adults if adults is None else adults,
        grades=grades if booking.by == Booking.By.CLASSES else group.grades,
    )
    if found.pupils < 1:
        raise Refused("count.nobody", _("Nobody would come any more: cancel the booking instead."))
    return found


@verb
def confirm(booking: Booking, *, by: Actor) -> Booking:
    """The final head count is what was booked. Safe to repeat."""
    require(by, Permission.BOOKING_REQUEST, booking)
    booking = _locked(booking)
    _count(booking, by)
    return booking


@verb
def confirm_outing(booking: Booking, *, by: Actor) -> int:
    """The same for every group that travels with this one. Returns how many."""
    together = [booking] if booking.outing_id is None else list(booking.outing.bookings.awaiting_count())
    return sum(confirm(each, by=by).counted_at is not None for each in together)


@verb
def change(booking: Booking, group: Group, *, by: Actor, is_final: bool = False) -> Booking:
    """The group comes as `group` (see `coming`): with more pupils, fewer, or others. `is_final`: this is the last word.

    Raises NotEligible with the rules that only the changed group breaks, Refused from the day of the visit on, where
    places are missing, or where others wait for them.
    """
    require(by, Permission.BOOKING_REQUEST, booking)
    booking = _locked(booking)
    session, was = booking.session, booking.pupils
    if booking.state not in OPEN or clock.today() >= session.day:
        raise Refused("count.day", DAY)
    before = groups.of_booking(booking, on=session.day)
    more = group.pupils - was
    if more > 0 and WaitlistEntry.objects.live().filter(session=session).exists():
        raise Refused("session.queue", QUEUED)
    verdict = _check(booking, before, group)
    step = _step(booking, group)
    if step.asks and group.pupils > booking.agreed_pupils and bookings.is_late(booking):
        raise Refused("count.late", LATE, most=booking.agreed_pupils + leeway(booking))
    fields = {
        "pupils": group.pupils,
        "adults": group.adults,
        "by_roster": group.by_roster,
        "grades": ",".join(str(grade) for grade in sorted(group.grades)),
        "agreed": step.agreed,
        "returned": booking.returned + step.returned,
        "returned_late": booking.returned_late + (step.returned if bookings.is_late(booking) else 0),
    }
    _swap_pupils(booking, before, group)
    facts: dict[str, Any] = {"was_pupils": was, "pupils": group.pupils}
    if step.asks:
        _ask(booking, by=by, facts=facts, **fields)
    else:
        Booking.objects.filter(pk=booking.pk).update(**fields)
        for name, value in fields.items():
            setattr(booking, name, value)
        if more or before.adults != group.adults:
            audit.record("booking.change_heads", booking, by=by, **facts)
    exemptions.take(booking, verdict.exemptions)
    uses.settle(booking)
    venue_days.recount(session, more)
    needed = session.seats_for(group.pupils)
    held = seats.resize(booking, session, needed, entitled=group.is_entitled)
    Booking.objects.filter(pk=booking.pk).update(seats_held=needed, held_seats=held)
    booking.seats_held, booking.held_seats = needed, held
    if is_final and not step.asks:
        _count(booking, by)
    if step.is_news:
        notices.tell_heads_changed(booking, was)
    if more < 0:
        bookings.offer_on(session.pk)
    return Booking.objects.with_group().get(pk=booking.pk)  # it was loaded with the group as it was


@dataclass(frozen=True)
class Step:
    """What a change of heads means: whom both sides expect now, how many were given back, whether the host is asked."""

    agreed: int | None
    returned: int = 0
    asks: bool = False
    is_news: bool = False


def _step(booking: Booking, group: Group) -> Step:
    is_asked = booking.state == State.REQUESTED
    if is_asked and booking.agreed is None:  # nothing is agreed yet: the host answers what it reads
        return Step(None, is_news=group.pupils != booking.pupils)
    more = group.pupils - booking.agreed_pupils
    if abs(more) <= leeway(booking):
        return Step(booking.agreed_pupils, is_news=is_asked and group.pupils != booking.pupils)
    own = booking.session.programme.confirms_at_once or booking.session.provider_id == booking.school_id
    asks = booking.on_sheet or (more > 0 and not own)  # a sheet that both have accepted is of another number
    agreed = booking.agreed_pupils if asks and more > 0 else group.pupils  # until the host has answered
    return Step(agreed, max(0, -more), asks, is_news=True)


def _ask(booking: Booking, *, by: Actor, facts: dict[str, Any], **fields: Any) -> None:
    """The host is asked for the new number, or both sides for their words about it."""
    anew = {"count_due_at": None, "counted_at": None, "counted_by": None}  # what the host confirms is the last word
    move(booking, "ask_again", by=by, facts=facts, confirmed_at=None, **anew, **fields)
    if booking.on_sheet:
        confirmations.void(booking)


def _locked(booking: Booking) -> Booking:
    rows = Booking.objects.with_group().select_for_update(of=("self",), no_key=True)
    return rows.get(pk=booking.pk)


def _count(booking: Booking, by: Actor) -> None:
    """Write the final head count down, once."""
    if booking.counted_at:
        return
    if booking.state != State.CONFIRMED or booking.session.has_begun:
        raise Refused("count.closed", _("The final head count of this booking is not asked for any more."))
    booking.counted_at, booking.counted_by = clock.now(), getattr(by, "membership", None)
    booking.save(update_fields=["counted_at", "counted_by"])
    audit.record("booking.count", booking, by=by, pupils=booking.pupils)


def _check(booking: Booking, before: Group, group: Group) -> Verdict:
    """Refuse what the changed group breaks and the booked one did not: nobody is asked for the old rules again."""
    together = groups.together([before, group])
    both = Judge([booking.session], together, moving=booking, offered=booking.seats_held)
    verdict = both.for_part(group).of(booking.session)
    known = {rule.code for rule in both.for_part(before).of(booking.session).blocking}
    new: tuple[Broken, ...] = tuple(rule for rule in verdict.blocking if rule.code not in known)
    if new:
        raise bookings.NotEligible(Verdict(new, verdict.met, verdict.agreement, verdict.adults_needed))
    return verdict


def _swap_pupils(booking: Booking, before: Group, group: Group) -> None:
    """Free the time of whoever stays, take that of whoever comes now; classes that stay away altogether leave."""
    session = booking.session
    slot = {"booking": booking, "session": session, "starts_at": session.starts_at, "ends_at": session.ends_at}
    was, wanted = {row.pk for row in before.enrolments}, {row.pk for row in group.enrolments}
    booking.roll.filter(enrolment__in=was - wanted).delete()
    RollEntry.objects.bulk_create(
        RollEntry(student_id=row.student_id, enrolment=row, **slot) for row in group.enrolments if row.pk not in was
    )
    booking.classes.exclude(school_class__in=group.classes).delete()
    for one in group.classes:
        heads = group.heads.get(one.pk, 0)
        if heads != before.heads.get(one.pk, 0):
            BookingClass.objects.filter(booking=booking, school_class=one).update(heads=heads)
