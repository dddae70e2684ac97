"""The rolls of after-school dates follow who is in the club or class on that day: dated, from the next date on.

Rung when somebody joins or leaves a club, and swept every hour for class lists; a pupil who is elsewhere at that time
waits for the next sweep. Visits that other groups compete for keep their size: there head counts are given on purpose.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from activities import uses, venue_days
from activities.models import Booking, BookingClass, RollEntry
from partnerships.models import Enrolment, GroupMember
from people import audit
from people.actors import SYSTEM
from people.workflow import verb
from portal.lib import clock, sweeping

COMING = (Booking.State.REQUESTED, Booking.State.CONFIRMED)


def ahead() -> QuerySet[Booking]:
    """Bookings of after-school dates to come whose roll has not been called."""
    rows = Booking.objects.filter(
        state__in=COMING, called_at=None, session__school__isnull=False, session__starts_at__gt=clock.now()
    )
    return rows.annotate(day=TruncDate("session__starts_at"))


def due() -> QuerySet[Booking]:
    """Those whose roll is not who belongs to the group on the day."""
    outer = OuterRef(OuterRef("pk"))
    on_roll = RollEntry.objects.filter(booking=outer, student=OuterRef("student"))
    enrolled = Enrolment.objects.filter(_holds(OuterRef(OuterRef("day"))), student=OuterRef("student"))
    member = GroupMember.objects.filter(_holds(OuterRef("day")), Exists(enrolled), group=OuterRef("group"))
    booked = BookingClass.objects.filter(booking=outer, school_class=OuterRef("school_class"), heads=0)
    pupil = Enrolment.objects.filter(_holds(OuterRef("day")), Exists(booked))
    club = GroupMember.objects.filter(
        _holds(OuterRef(OuterRef("day"))), group=OuterRef(OuterRef("group")), student=OuterRef("student")
    )
    named = BookingClass.objects.filter(
        booking=OuterRef(OuterRef(OuterRef("pk"))), school_class=OuterRef("school_class")
    )
    in_class = Enrolment.objects.filter(_holds(OuterRef(OuterRef("day"))), Exists(named), student=OuterRef("student"))
    entry = RollEntry.objects.filter(booking=OuterRef("pk"), mark=None, added=False)
    of_club = Q(by=Booking.By.GROUP) & (
        Q(Exists(member.filter(~Exists(on_roll)))) | Q(Exists(entry.filter(~Exists(club) | ~Exists(enrolled))))
    )
    of_class = Q(by=Booking.By.CLASSES) & (
        Q(Exists(pupil.filter(~Exists(on_roll)))) | Q(Exists(entry.filter(~Exists(in_class))))
    )
    return ahead().filter(of_club | of_class).order_by("pk")


def _holds(day: OuterRef) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def count_due() -> int:
    return due().count()


def follow_club(group_id: int) -> int:
    """After somebody has joined or left a club: its dates to come. Returns how many rolls changed."""
    return _each(ahead().filter(group=group_id).order_by("pk"))


def sweep() -> int:
    """Every date whose roll has fallen behind; run again, it finds what could not be settled yet."""
    return _each(due())


def _each(rows: Iterable[Booking]) -> int:
    return sweeping.each(rows, follow)


@verb
def follow(booking: Booking) -> bool:
    """Make the roll of one date who belongs to the group that day; says whether it changed.

    Marks stay, and so does who was added by hand. A date on which nobody would be left is left alone: somebody drops it.
    """
    booking = Booking.objects.with_names().select_for_update(of=("self",), no_key=True).get(pk=booking.pk)
    session = booking.session
    if booking.state not in COMING or booking.called_at or session.has_begun:
        return False
    there = {entry.student_id: entry for entry in booking.roll.all()}
    wanted = {enrolment.student_id: enrolment for enrolment in _belonging(booking)}
    missing = [enrolment for student, enrolment in wanted.items() if student not in there]
    busy = _busy(booking, missing)
    joining = [enrolment for enrolment in missing if enrolment.student_id not in busy]
    leaving = [e for student, e in there.items() if student not in wanted and e.mark is None and not e.added]
    heads = sum(row.heads for row in booking.classes.all())
    pupils = len(there) + len(joining) - len(leaving) + heads
    if not (joining or leaving) or not pupils:
        return False
    RollEntry.objects.filter(pk__in=[entry.pk for entry in leaving]).delete()
    RollEntry.objects.bulk_create(
        RollEntry(
            booking=booking, student_id=enrolment.student_id, enrolment=enrolment, session=session,
            starts_at=session.starts_at, ends_at=session.ends_at,
        )
        for enrolment in joining
    )  # fmt: skip
    if session.place_id:
        venue_days.give_back(booking, session)
    Booking.objects.filter(pk=booking.pk).update(pupils=pupils)
    booking.pupils = pupils
    uses.settle(booking)
    if session.place_id:
        venue_days.take(booking, session)
    audit.record("booking.follow_group", booking, by=SYSTEM, joined=len(joining), left=len(leaving))
    return True


def _belonging(booking: Booking) -> list[Enrolment]:
    """Who is in the club, or in the classes that come by name, on the day of the session."""
    day = booking.session.day
    rows = Enrolment.objects.on(day).order_by("pk")
    if booking.group:
        return list(rows.filter(student__in=booking.group.members.on(day).values("student")))
    named = [row.school_class_id for row in booking.classes.all() if not row.heads]
    return list(rows.filter(school_class__in=named))


def _busy(booking: Booking, missing: list[Enrolment]) -> set:
    """Who of those that are missing is on another list at that time."""
    session = booking.session
    elsewhere = RollEntry.objects.live().filter(
        student__in=[enrolment.student_id for enrolment in missing],
        starts_at__lt=session.ends_at,
        ends_at__gt=session.starts_at,
    )
    return set(elsewhere.exclude(booking=booking.pk).values_list("student_id", flat=True))
