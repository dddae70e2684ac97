"""Booking and waiting list once more, as plain Python: what tests/activities/line_machine.py compares the portal with.

Written from the promises, not from the code: nothing of ours is imported. Every act answers with the codes that must
refuse it, an empty set when it must be done; then it is done here too.
"""

import datetime as dt
import itertools
from dataclasses import dataclass, field

MOST_SKIPS, LAST_CALL, ANSWER_HOUR, LEEWAY = 3, dt.timedelta(hours=48), 17, 5
DAY = dt.timedelta(days=1)


@dataclass
class Hall:
    """One session. `slot` tells sessions apart that a class can't both visit."""

    starts: dt.datetime
    capacity: int
    slot: int
    held_back: int = 0
    held_until: dt.date | None = None
    is_released: bool = False
    is_gone: bool = False


@dataclass
class Party:
    """A booking, an offer or a group in line: classes of one school with their heads."""

    school: int
    hall: int
    classes: dict[int, int]
    held: int = 0

    @property
    def heads(self) -> int:
        return sum(self.classes.values())


@dataclass
class InLine(Party):
    smallest: int = 0
    may_split: bool = False
    skipped: int = 0
    seats: int = 0  # offered; 0: waiting
    until: dt.datetime | None = None


@dataclass
class Model:
    halls: list[Hall]
    entitled: set[int]
    school_days: set[dt.date]
    now: dt.datetime
    bookings: dict[int, Party] = field(default_factory=dict)
    line: dict[int, InLine] = field(default_factory=dict)  # in the order of joining
    numbers: itertools.count = field(default_factory=itertools.count)

    # --- what follows from the state ---

    def taken(self, hall: int) -> int:
        booked = sum(one.heads for one in self.bookings.values() if one.hall == hall)
        return booked + sum(one.seats for one in self.line.values() if one.hall == hall)

    def held_taken(self, hall: int) -> int:
        both = [*self.bookings.values(), *self.line.values()]
        return sum(one.held for one in both if one.hall == hall)

    def held_open(self, hall: int) -> int:
        one = self.halls[hall]
        over = one.held_until is None or self.now.date() > one.held_until
        return 0 if one.is_released or over else one.held_back - self.held_taken(hall)

    def left_for(self, hall: int, school: int) -> int:
        left = self.halls[hall].capacity - self.taken(hall)
        return left if school in self.entitled else left - self.held_open(hall)

    def of_held(self, hall: int, school: int, seats: int) -> int:
        return min(seats, self.held_open(hall)) if school in self.entitled else 0

    def has_begun(self, hall: int) -> bool:
        return self.now >= self.halls[hall].starts

    def is_busy(self, hall: int, classes, but: int | None = None) -> bool:
        slot = self.halls[hall].slot
        return any(
            self.halls[one.hall].slot == slot and set(one.classes) & set(classes)
            for key, one in self.bookings.items()
            if key != but
        )

    def queue(self, hall: int) -> list[int]:
        return [key for key, one in self.line.items() if one.hall == hall]

    def _broken(self, party: Party, *, spare: int = 0, but: int | None = None) -> set[str]:
        broken = set()
        if self.has_begun(party.hall):
            broken.add("session.begun")
        if party.heads > self.left_for(party.hall, party.school) + spare:
            broken.add("session.capacity")
        if not spare and self.queue(party.hall):
            broken.add("session.queue")
        if self.is_busy(party.hall, party.classes, but):
            broken.add("school.class_busy")
        return broken

    # --- bookings ---

    def book(self, party: Party) -> set[str]:
        if broken := self._broken(party):
            return broken
        self._put(party)
        return set()

    def _put(self, party: Party) -> int:
        party.held = self.of_held(party.hall, party.school, party.heads)
        key = next(self.numbers)
        self.bookings[key] = party
        return key

    def cancel(self, key: int) -> set[str]:
        if self.has_begun(self.bookings[key].hall):
            return {"booking.begun"}
        del self.bookings[key]
        return set()

    def resize(self, key: int, classes: dict[int, int]) -> set[str]:
        one = self.bookings[key]
        more = sum(classes.values()) - one.heads
        if self.now.date() >= self.halls[one.hall].starts.date():
            return {"count.day"}
        if more > 0 and self.queue(one.hall):
            return {"session.queue"}
        if more > self.left_for(one.hall, one.school):
            return {"session.capacity"}
        one.held = one.held + self.of_held(one.hall, one.school, more) if more > 0 else min(one.held, one.heads + more)
        one.classes = dict(classes)
        return set()

    def reschedule(self, key: int, hall: int) -> set[str]:
        one = self.bookings[key]
        if one.hall == hall:
            return set()
        if self.now > self.halls[one.hall].starts - DAY:
            return {"booking.too_late_to_move"}
        moved = Party(one.school, hall, one.classes)
        if broken := self._broken(moved, but=key):
            return broken
        del self.bookings[key]
        moved.held = self.of_held(hall, one.school, moved.heads)
        self.bookings[key] = moved
        return set()

    # --- the waiting list ---

    def wait(self, party: InLine) -> set[str]:
        broken = self._broken(party)
        if others := broken - {"session.capacity", "session.queue"}:
            return others
        if party.smallest > self.halls[party.hall].capacity:
            return {"waitlist.too_large"}
        if not broken:
            return {"waitlist.fits"}
        if any(set(self.line[key].classes) & set(party.classes) for key in self.queue(party.hall)):
            return {"waitlistclass_once"}
        self.line[next(self.numbers)] = party
        return set()

    def serve(self, hall: int) -> list[tuple[int, int]]:
        """Offer what is free; (who, how many places), in order."""
        if self.has_begun(hall) or self.halls[hall].is_gone:
            return []
        made: list[tuple[int, int]] = []
        last_call = self.halls[hall].starts - self.now <= LAST_CALL
        behind: list[InLine] = []
        for key in self.queue(hall):
            one = self.line[key]
            if one.seats or self.is_busy(hall, one.classes):
                continue
            places = self._largest(one, self.left_for(hall, one.school))
            if not places:
                behind.append(one)
                continue
            held = self.of_held(hall, one.school, places)
            if places > held and not last_call:
                if any(other.skipped >= MOST_SKIPS for other in behind):
                    break
                for other in behind:
                    other.skipped += 1
            one.seats, one.held, one.until = places, held, self._until(hall)
            made.append((key, places))
        return made

    def _largest(self, one: InLine, free: int) -> int:
        """The most places that whole classes of the group can use."""
        if one.heads <= free:
            return one.heads
        sizes = [
            sum(some)
            for n in range(1, len(one.classes) + 1)
            for some in itertools.combinations(one.classes.values(), n)
        ]
        return max((size for size in sizes if one.smallest <= size <= free), default=0)

    def _until(self, hall: int) -> dt.datetime:
        starts, day = self.halls[hall].starts, self.now.date() + DAY
        while day not in self.school_days:
            day += DAY
        usual = self.now.replace(year=day.year, month=day.month, day=day.day, hour=ANSWER_HOUR, minute=0)
        return usual if usual < starts else self.now + (starts - self.now) / 2

    def accept(self, key: int, chosen: set[int]) -> set[str]:
        one = self.line[key]
        part = {name: heads for name, heads in one.classes.items() if name in chosen}
        if not one.seats or (one.until and one.until <= self.now):
            return {"waitlist.lapsed"}
        if sum(part.values()) > one.seats:
            return {"waitlist.too_many"}
        if self.is_busy(one.hall, part):
            return {"school.class_busy"}
        rest = {name: heads for name, heads in one.classes.items() if name not in chosen}
        one.seats = one.held = 0
        self._put(Party(one.school, one.hall, part))
        if rest and one.may_split:
            one.classes, one.until = rest, None
            one.smallest = min(one.smallest, one.heads)
        else:
            del self.line[key]
        return set()

    def leave(self, key: int) -> None:
        del self.line[key]

    # --- time ---

    def pass_time(self, span: dt.timedelta) -> None:
        """Time goes by, and the timetable does what is due: release, lapse, close, offer."""
        self.now += span
        for n, hall in enumerate(self.halls):
            if hall.held_until and self.now.date() > hall.held_until and not self.has_begun(n) and not hall.is_released:
                hall.is_released = hall.held_back > 0
        for key, one in list(self.line.items()):
            if (one.until and one.until <= self.now) or self.has_begun(one.hall):
                del self.line[key]
        for n in range(len(self.halls)):
            self.serve(n)

    def call_off(self, hall: int) -> None:
        """The host calls the half-day off: everybody loses their places, the list is closed."""
        slot = self.halls[hall].slot
        for one in self.halls:
            if one.slot == slot:
                one.is_gone = True
        self.bookings = {key: one for key, one in self.bookings.items() if self.halls[one.hall].slot != slot}
        self.line = {key: one for key, one in self.line.items() if self.halls[one.hall].slot != slot}
