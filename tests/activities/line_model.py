"""Booking and waiting list once more, as plain Python: what tests/activities/line_machine.py compares the portal with.

Written from the promises, not from the code: nothing of ours is imported. Every act answers with the codes that must
refuse it, an empty set when it must be done; then it is done here too. `refuses_…` only answer.
"""

import datetime as dt
import itertools
from dataclasses import dataclass, field

MOST_SKIPS, LAST_CALL, ANSWER_HOUR, LEEWAY = 3, dt.timedelta(hours=48), 17, 5
HEADS_A_HALF_DAY, GROUPS_A_DAY = 44, 4  # that the venue receives
COUNT_DAYS, COUNT_ANSWER_DAYS, COUNT_HOUR = 5, 2, 17  # of the final head count
NIGHT = (20, 7)
DAY = dt.timedelta(days=1)
MISSING = {"session.capacity", "session.queue", "venue.quota_day", "venue.quota_half_day"}  # what a group waits for


@dataclass
class Hall:
    """One session, of so many heads or `by_groups`. Sessions of one morning can't be visited by the same class."""

    starts: dt.datetime
    capacity: int
    by_groups: bool = False
    held_back: int = 0
    held_until: dt.date | None = None
    is_released: bool = False
    is_gone: bool = False

    @property
    def half(self) -> tuple[dt.date, bool]:
        return self.starts.date(), self.starts.hour < 12

    def seats(self, heads: int) -> int:
        return 1 if self.by_groups else heads


@dataclass
class Party:
    """A booking or a group in line: classes of one school with their heads; class 0 is a head count."""

    school: int
    hall: int
    classes: dict[int, int]
    held: int = 0
    settled: dt.date | None = None  # since when the date stands
    due: dt.datetime | None = None  # the final head count is asked for until then
    is_counted: bool = False

    @property
    def heads(self) -> int:
        return sum(self.classes.values())

    @property
    def is_named(self) -> bool:
        return 0 not in self.classes


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
    school_days: list[dt.date]
    now: dt.datetime
    bookings: dict[int, Party] = field(default_factory=dict)
    line: dict[int, InLine] = field(default_factory=dict)  # in the order of joining
    numbers: itertools.count = field(default_factory=itertools.count)

    # --- what follows from the state ---

    def seats(self, one: Party) -> int:
        return self.halls[one.hall].seats(one.heads)

    def taken(self, hall: int) -> int:
        booked = sum(self.seats(one) for one in self.bookings.values() if one.hall == hall)
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

    def day_left(self, hall: int, but: int | None = None) -> tuple[int, int]:
        """Groups of the day and heads of the half-day that the venue still receives, as if one booking had gone."""
        day, half = self.halls[hall].starts.date(), self.halls[hall].half
        come = [(one.hall, one.heads) for key, one in self.bookings.items() if key != but]
        come += [(one.hall, self._day_heads(one)) for one in self.line.values() if one.seats]
        groups = sum(self.halls[other].starts.date() == day for other, _heads in come)
        heads = sum(heads for other, heads in come if self.halls[other].half == half)
        return GROUPS_A_DAY - groups, HEADS_A_HALF_DAY - heads

    def _day_heads(self, one: InLine) -> int:
        return one.heads if self.halls[one.hall].by_groups else one.seats

    def has_begun(self, hall: int) -> bool:
        return self.now >= self.halls[hall].starts

    def busy(self, hall: int, classes, but: int | None = None) -> set[int]:
        """Those of these classes that are elsewhere at that time."""
        half = self.halls[hall].half
        there = [one for key, one in self.bookings.items() if key != but and self.halls[one.hall].half == half]
        return {name for one in there for name in one.classes if name and name in classes}

    def queue(self, hall: int) -> list[int]:
        return [key for key, one in self.line.items() if one.hall == hall]

    def _broken(self, party: Party, *, but: int | None = None) -> set[str]:
        groups, heads = self.day_left(party.hall, but)
        rules = {
            "session.begun": self.has_begun(party.hall),
            "session.capacity": self.seats(party) > self.left_for(party.hall, party.school),
            "session.queue": bool(self.queue(party.hall)),
            "school.class_busy": bool(self.busy(party.hall, party.classes, but)),
            "venue.quota_day": groups < 1,
            "venue.quota_half_day": party.heads > heads,
        }
        return {code for code, is_broken in rules.items() if is_broken}

    # --- bookings ---

    def refuses_booking(self, party: Party) -> set[str]:
        return self._broken(party)

    def book(self, party: Party) -> set[str]:
        if not (broken := self.refuses_booking(party)):
            self._put(party)
        return broken

    def _put(self, party: Party) -> int:
        party.held = self.of_held(party.hall, party.school, self.seats(party))
        party.settled, party.due, party.is_counted = self.now.date(), None, False
        key = next(self.numbers)
        self.bookings[key] = party
        return key

    def refuses_cancelling(self, key: int) -> set[str]:
        return {"booking.begun"} if self.has_begun(self.bookings[key].hall) else set()

    def cancel(self, key: int) -> set[str]:
        if not (broken := self.refuses_cancelling(key)):
            del self.bookings[key]
        return broken

    def refuses_size(self, key: int, classes: dict[int, int]) -> set[str]:
        one = self.bookings[key]
        more = sum(classes.values()) - one.heads
        hall = self.halls[one.hall]
        if self.now.date() >= hall.starts.date():
            return {"count.day"}
        if more > 0 and self.queue(one.hall):
            return {"session.queue"}
        _groups, heads = self.day_left(one.hall, key)
        rules = {
            "session.capacity": hall.seats(one.heads + more) - self.seats(one) > self.left_for(one.hall, one.school),
            "venue.quota_half_day": one.heads + more > heads,
        }
        return {code for code, is_broken in rules.items() if is_broken and more > 0}

    def resize(self, key: int, classes: dict[int, int], *, is_final: bool) -> set[str]:
        if broken := self.refuses_size(key, classes):
            return broken
        one, was = self.bookings[key], self.seats(self.bookings[key])
        held, free = one.held, self.held_open(one.hall)
        one.classes = dict(classes)
        more = self.seats(one) - was
        own = one.school in self.entitled
        one.held = held + (min(more, free) if own else 0) if more > 0 else min(held, self.seats(one))
        one.is_counted = one.is_counted or is_final
        return set()

    def refuses_count(self, key: int) -> set[str]:
        one = self.bookings[key]
        return {"count.closed"} if self.has_begun(one.hall) and not one.is_counted else set()

    def count(self, key: int) -> set[str]:
        """The school says that everybody comes."""
        if not (broken := self.refuses_count(key)):
            self.bookings[key].is_counted = True
        return broken

    def refuses_date(self, key: int, hall: int) -> set[str]:
        one = self.bookings[key]
        if one.hall == hall:
            return set()
        if self.now > self.halls[one.hall].starts - DAY:
            return {"booking.too_late_to_move"}
        return self._broken(Party(one.school, hall, one.classes), but=key)

    def reschedule(self, key: int, hall: int) -> set[str]:
        one = self.bookings[key]
        if one.hall == hall or (broken := self.refuses_date(key, hall)):
            return broken if one.hall != hall else set()
        del self.bookings[key]
        moved = Party(one.school, hall, one.classes)
        self.bookings[self._put(moved)] = moved
        self.bookings = {key if other is moved else k: other for k, other in self.bookings.items()}
        return set()

    # --- the waiting list ---

    def refuses_waiting(self, party: InLine) -> set[str]:
        broken = self._broken(party)
        if others := broken - MISSING:
            return others
        if not broken:
            return {"waitlist.fits"}
        if not self._largest(party, self.halls[party.hall].capacity, HEADS_A_HALF_DAY):
            return {"waitlist.too_large"}
        before = [self.line[key] for key in self.queue(party.hall)]
        if not party.is_named and any(one.school == party.school and not one.is_named for one in before):
            return {"waitlist_heads_once"}
        if party.is_named and any(set(one.classes) & set(party.classes) for one in before):
            return {"waitlistclass_once"}
        return set()

    def wait(self, party: InLine) -> set[str]:
        if not (broken := self.refuses_waiting(party)):
            self.line[next(self.numbers)] = party
        return broken

    def turns(self, hall: int) -> tuple[list[tuple[int, int]], dict[int, int]]:
        """Whose turn it is: who is offered how many places, in order, and who is passed over how often by that."""
        made: list[tuple[int, int]] = []
        passed: dict[int, int] = {}
        if self.has_begun(hall) or self.halls[hall].is_gone:
            return made, passed
        last_call = self.halls[hall].starts - self.now <= LAST_CALL
        left, held = self.halls[hall].capacity - self.taken(hall), self.held_open(hall)
        groups, heads = self.day_left(hall)
        behind: list[int] = []
        for key in self.queue(hall):
            one = self.line[key]
            if one.seats or not (able := self._able(one)):
                continue
            places = 0
            if groups > 0:
                places = self._largest(able, left if one.school in self.entitled else left - held, heads)
            if not places:
                behind.append(key)
                continue
            if not last_call:  # the venue's day is short: whatever goes is taken from all who wait
                if any(self.line[other].skipped + passed.get(other, 0) >= MOST_SKIPS for other in behind):
                    break
                for other in behind:
                    passed[other] = passed.get(other, 0) + 1
            held -= min(held, places) if one.school in self.entitled else 0
            left, groups = left - places, groups - 1
            heads -= one.heads if self.halls[hall].by_groups else places
            made.append((key, places))
        return made, passed

    def serve(self, hall: int) -> list[tuple[int, int]]:
        made, passed = self.turns(hall)
        for key, times in passed.items():
            self.line[key].skipped += times
        for key, places in made:
            one = self.line[key]
            one.held = self.of_held(hall, one.school, places)
            one.seats, one.until = places, self._until(hall)
        return made

    def _able(self, one: InLine) -> InLine | None:
        """The group as far as it could come: without classes that are elsewhere by now, if the school takes a part."""
        free = {name: heads for name, heads in one.classes.items() if name not in self.busy(one.hall, one.classes)}
        if free == one.classes:
            return one
        takes_part = not self.halls[one.hall].by_groups and one.smallest < one.heads
        return InLine(one.school, one.hall, free, smallest=one.smallest) if takes_part and free else None

    def _largest(self, one: InLine, free: int, heads: int) -> int:
        """The most places that whole classes of the group, or any number of a head count, can use."""
        if self.halls[one.hall].by_groups:
            return 1 if free >= 1 and one.heads <= heads else 0
        free = min(free, heads)
        if one.smallest <= one.heads <= free:
            return one.heads
        if not one.is_named:
            return free if free >= one.smallest else 0
        sizes = [
            sum(some)
            for n in range(1, len(one.classes) + 1)
            for some in itertools.combinations(one.classes.values(), n)
        ]
        return max((size for size in sizes if one.smallest <= size <= free), default=0)

    def _until(self, hall: int) -> dt.datetime:
        """17:00 of the next school day; where the visit is sooner, half-way from when the school hears of it, by day."""
        starts = self.halls[hall].starts
        day = next(day for day in self.school_days if day > self.now.date())
        usual = self._hour(day, ANSWER_HOUR)
        if usual < starts:
            return usual
        heard = self._by_day(self.now)
        heard = heard if heard < starts else self.now
        half = heard + (starts - heard) / 2
        return self._by_day(half) if self._by_day(half) < starts else half

    def _by_day(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself, or the end of the night in which it falls."""
        evening, morning = NIGHT
        if morning <= moment.hour < evening:
            return moment
        return self._hour(moment.date() + (DAY if moment.hour >= evening else DAY * 0), morning)

    def _hour(self, day: dt.date, hour: int) -> dt.datetime:
        return self.now.replace(
            year=day.year, month=day.month, day=day.day, hour=hour, minute=0, second=0, microsecond=0
        )

    def refuses_accepting(self, key: int, part: dict[int, int]) -> set[str]:
        one = self.line[key]
        if not one.seats or (one.until and one.until <= self.now):
            return {"waitlist.lapsed"}
        if self.halls[one.hall].seats(sum(part.values())) > one.seats:
            return {"waitlist.too_many"}
        return {"school.class_busy"} if self.busy(one.hall, part) else set()

    def accept(self, key: int, part: dict[int, int]) -> set[str]:
        if broken := self.refuses_accepting(key, part):
            return broken
        one = self.line[key]
        one.seats = one.held = 0
        self._put(Party(one.school, one.hall, part))
        rest = {name: heads - part.get(name, 0) for name, heads in one.classes.items() if heads > part.get(name, 0)}
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
        """Time goes by, and the timetable does what is due: release, lapse, close, offer, ask, take back."""
        self.now += span
        for n, hall in enumerate(self.halls):
            if hall.held_until and self.now.date() > hall.held_until and not self.has_begun(n):
                hall.is_released = True
        for key, one in list(self.line.items()):
            if (one.until and one.until <= self.now) or self.has_begun(one.hall):
                del self.line[key]
        for n in range(len(self.halls)):
            self.serve(n)
        self._final_counts()

    def _final_counts(self) -> None:
        """Schools are asked some school days before the visit; who does not answer loses the places, on a school day."""
        today = self.now.date()
        if today not in self.school_days:
            return
        answer = next(itertools.islice((day for day in self.school_days if day > today), COUNT_ANSWER_DAYS - 1, None))
        for one in self.bookings.values():
            visit = self.halls[one.hall].starts.date()
            before = [day for day in self.school_days if day < visit]
            if one.due or one.is_counted or self.has_begun(one.hall) or len(before) < COUNT_DAYS:
                continue
            if one.settled and one.settled < before[-COUNT_DAYS] <= today and answer < visit:
                one.due = self._hour(answer, COUNT_HOUR)
        if self.now.hour >= COUNT_HOUR:
            self.bookings = {key: one for key, one in self.bookings.items() if not self._is_lost(one)}

    def _is_lost(self, one: Party) -> bool:
        return bool(one.due and one.due <= self.now and not one.is_counted and not self.has_begun(one.hall))

    def next_due(self) -> dt.datetime | None:
        """The next instant at which an offer lapses, a count is over or places open."""
        moments = [one.until for one in self.line.values() if one.until]
        moments += [one.due for one in self.bookings.values() if one.due and not one.is_counted]
        moments += [self._hour(hall.held_until + DAY, 0) for hall in self.halls if hall.held_until]
        return min((moment for moment in moments if moment > self.now), default=None)

    def call_off(self, hall: int) -> None:
        """The host calls the half-day off: everybody loses their places, the list is closed."""
        half = self.halls[hall].half
        for one in self.halls:
            if one.half == half:
                one.is_gone = True
        self.bookings = {key: one for key, one in self.bookings.items() if self.halls[one.hall].half != half}
        self.line = {key: one for key, one in self.line.items() if self.halls[one.hall].half != half}
