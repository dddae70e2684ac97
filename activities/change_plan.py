"""What a change of sessions touches, before anything is written. The preview shows it, and the verb does exactly that."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.models import Booking, BookingClass, ChangedBooking, RollEntry, Session
from activities.models.session_change import WAITS_FOR, shift
from people import thresholds

Weight = ChangedBooking.Weight
Places = Mapping[int, Session | None]  # booking → the session that its group moves to; None: it is cancelled
TOLD = ("starts_at", "ends_at", "hall", "guide")  # what a school reads about on its papers


@dataclass(frozen=True)
class Wish:
    """New values of one session, by field; what is not named stays."""

    session: Session
    values: dict[str, Any]

    def value(self, name: str) -> Any:
        return self.values.get(name, getattr(self.session, name))

    @property
    def changed(self) -> set[str]:
        """The fields that would really be different."""
        return {name for name, value in self.values.items() if value != getattr(self.session, name)}

    @property
    def moves(self) -> bool:
        return bool({"starts_at", "ends_at"} & self.changed)


@dataclass(frozen=True)
class Baseline:
    """Time, hall and guide to which a school agreed: before the changes that are still open, where there are any."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    hall_id: int | None
    guide: str

    def weight_of(self, starts_at: dt.datetime, ends_at: dt.datetime, small: dt.timedelta) -> str:
        """How far a new time goes; several small steps count together."""
        far = shift(self.starts_at, self.ends_at, starts_at, ends_at)
        if not far:
            return Weight.NOTICE
        return Weight.SHIFTED if far <= small else Weight.MOVED


def baseline(session: Session, earlier: ChangedBooking | None) -> Baseline:
    if earlier is None:
        return Baseline(session.starts_at, session.ends_at, session.hall_id, session.guide)
    return Baseline(earlier.was_starts_at, earlier.was_ends_at, earlier.was_hall_id, earlier.was_guide)


@dataclass(frozen=True)
class Touch:
    """One booking, and what becomes of it. The baseline is what its school had agreed to."""

    booking: Booking
    wish: Wish
    was: Baseline
    weight: str
    is_leaving: bool = False  # the host cancels it or sends it to another session
    to: Session | None = None
    is_busy: bool = False  # some of its pupils or classes are elsewhere at the new time
    earlier: ChangedBooking | None = None

    @property
    def key(self) -> str:
        """What the reader of a preview agrees to."""
        fate = f"{self.to.pk if self.to else 0}" if self.is_leaving else self.weight
        return f"{self.booking.pk}:{fate}"


@dataclass(frozen=True)
class Plan:
    """Everything that a change touches; `missing` places say how many heads or groups still need another session."""

    wishes: Sequence[Wish]
    bookings: list[Booking] = field(default_factory=list)  # all that stand in these sessions, touched or not
    touches: list[Touch] = field(default_factory=list)
    missing: dict[int, int] = field(default_factory=dict)

    @property
    def key(self) -> list[str]:
        return sorted(touch.key for touch in self.touches)

    @property
    def schools(self) -> int:
        return len({touch.booking.school_id for touch in self.touches})

    @property
    def has_busy(self) -> bool:
        return any(touch.is_busy for touch in self.touches)

    @property
    def needs_word(self) -> bool:
        """Whether its maker reads first what becomes of groups."""
        return bool(self.touches or self.missing)


def plan(wishes: Sequence[Wish], places: Places | None = None) -> Plan:
    """What would happen, by booking; a constant number of queries for any number of sessions."""
    places = places or {}
    by_session = {wish.session.pk: wish for wish in wishes}
    rows = Booking.objects.with_group().filter(session__in=by_session, state__in=WAITS_FOR)
    rows = list(rows.order_by("session__starts_at", "session", "pk"))
    earlier, busy = _open_rows(rows), _busy(rows, by_session, places)
    small = {district: _small_step(district) for district in {row.district_id for row in rows}}
    touches, freed = [], dict.fromkeys(by_session, 0)
    for booking in rows:
        wish, before = by_session[booking.session_id], earlier.get(booking.pk)
        was = baseline(wish.session, before)
        if booking.pk in places:
            freed[wish.session.pk] += booking.seats_held
            to = places[booking.pk]
            same = to is not None and to.programme_id == wish.session.programme_id
            weight = (
                was.weight_of(to.starts_at, to.ends_at, small[booking.district_id]) if to and same else Weight.MOVED
            )
            touches.append(Touch(booking, wish, was, weight, True, to, earlier=before))
        elif wish.changed & set(TOLD):
            weight = was.weight_of(wish.value("starts_at"), wish.value("ends_at"), small[booking.district_id])
            if booking.school_id == wish.session.provider_id:  # a school need not ask itself
                weight = Weight.NOTICE
            touches.append(Touch(booking, wish, was, weight, is_busy=booking.pk in busy, earlier=before))
    short = {
        pk: wish.session.taken - freed[pk] - wish.value("capacity")
        for pk, wish in by_session.items()
        if "capacity" in wish.changed
    }
    return Plan(wishes, rows, touches, {pk: count for pk, count in short.items() if count > 0})


def _small_step(district_id: int) -> dt.timedelta:
    return dt.timedelta(minutes=thresholds.of(district_id)["change_notice_minutes"])


def _open_rows(rows: Sequence[Booking]) -> dict[int, ChangedBooking]:
    """The change of each booking on which its school may still act."""
    told = ChangedBooking.objects.standing().filter(booking__in=[row.pk for row in rows]).select_related("session")
    return {row.booking_id: row for row in told.order_by("pk") if row.is_free_now}


def _busy(rows: Sequence[Booking], by_session: Mapping[int, Wish], places: Places) -> set[int]:
    """Bookings of which a pupil or a class has something else at the new time."""
    moving = [row for row in rows if by_session[row.session_id].moves and row.pk not in places]
    if not moving:
        return set()
    wishes = {row.pk: by_session[row.session_id] for row in moving}
    first = min(wish.value("starts_at") for wish in wishes.values())
    last = max(wish.value("ends_at") for wish in wishes.values())
    others = {"is_live": True, "starts_at__lt": last, "ends_at__gt": first}
    pupils = {entry.student_id for row in moving for entry in row.roll.all()}
    classes = {one.school_class_id for row in moving for one in row.classes.all()}
    keys = list(wishes)
    entries = RollEntry.objects.filter(student__in=pupils, **others).exclude(booking__in=keys)
    slots = list(entries.values_list("student_id", "starts_at", "ends_at"))
    rooms = BookingClass.objects.filter(school_class__in=classes, **others).exclude(booking__in=keys)
    whole = list(rooms.values_list("school_class_id", "starts_at", "ends_at"))
    busy = set()
    for row in moving:
        starts_at, ends_at = wishes[row.pk].value("starts_at"), wishes[row.pk].value("ends_at")
        own = {entry.student_id for entry in row.roll.all()}
        own_classes = {one.school_class_id for one in row.classes.all()}
        if any(who in own and start < ends_at and end > starts_at for who, start, end in slots) or any(
            which in own_classes and start < ends_at and end > starts_at for which, start, end in whole
        ):
            busy.add(row.pk)
    return busy
