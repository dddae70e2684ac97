"""hypothesis plays coordinators, the timetable and the weather against the portal and the small model beside it.

After each act the portal must have answered and must stand as the model does: who holds which places, who waits, who
was passed over how often.
"""

import datetime as dt
import uuid
from collections import Counter
from typing import ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activities import bookings, days_off, groups, head_counts, held_back, offering, rescheduling, waitlist
from activities.models import Booking, Offer, Session, WaitlistEntry
from partnerships.models import BookingRules, CalendarDay, School
from portal import books
from portal.lib import clock
from portal.lib.errors import Refused
from tests.activities.line_model import Hall, InLine, Model, Party
from tests.factories import activities as make
from tests.factories.people import actor

MONDAY = dt.date(2026, 11, 2)
SIZES = ((7, 12, 15, 9), (8, 11, 5, 14))  # of the classes of two schools; the second is a rural one
HOURS = ((2, 9), (2, 9), (2, 14), (5, 9))  # of the sessions: days from the start, hour
PLACES = (30, 22, 26, 34)
HELD = 10  # places of the last one, for two more days

picks = st.sets(st.integers(0, 3), min_size=1, max_size=3)
some = st.integers(0, 30)


class World:
    """Made once for all runs, in the transaction of the test; each run goes back to it."""

    def __init__(self) -> None:
        with clock.at(make.local(MONDAY, 8)):
            self.town = make.a_town(pupils=0)
            district = self.town.district
            days = [MONDAY + dt.timedelta(days=n) for n in range(40)]
            self.school_days = {day for day in days if day.isoweekday() < 6}
            CalendarDay.objects.bulk_create(
                CalendarDay(district=district, date=day, is_workday=taught, is_teaching=taught, source="edited")
                for day in days
                for taught in [day in self.school_days]
            )
            BookingRules.objects.create(
                venue=self.town.venue, starts_on=MONDAY, lead_days=0, weekdays=[1, 2, 3, 4, 5, 6, 7]
            )
            programme = make.a_programme(self.town.venue, capacity=40)
            self.schools = [self.town.school, make.a_school(district, locality=School.Locality.RURAL)]
            self.hats = [self.town.coordinator, make.hat(make.Role.COORDINATOR, at=self.schools[1].organisation)]
            self.classes = [[make.a_class(school) for _size in SIZES[n]] for n, school in enumerate(self.schools)]
            self.sessions = []
            for n, (day, hour) in enumerate(HOURS):
                starts = make.local(MONDAY + dt.timedelta(days=day), hour)
                held = {"held_back": HELD, "held_until": MONDAY + dt.timedelta(days=2)} if n == 3 else {}
                session = make.a_session(
                    self.town.venue,
                    programme=programme,
                    starts_at=starts,
                    ends_at=starts + dt.timedelta(hours=2),
                    capacity=PLACES[n],
                    **held,
                )
                self.sessions.append(session.pk)


class Line(RuleBasedStateMachine):
    world: World
    done: ClassVar[Counter[str]] = Counter()  # acts that were carried out, and runs that ended well

    def __init__(self) -> None:
        super().__init__()
        self.back = transaction.atomic()
        self.back.__enter__()
        self.real: dict[int, int] = {}  # of the model's bookings and groups in line → the portal's keys
        self.hold = None
        self.is_well = True

    @initialize()
    def begin(self) -> None:
        halls = [
            Hall(make.local(MONDAY + dt.timedelta(days=day), hour), PLACES[n], slot=day * 100 + hour)
            for n, (day, hour) in enumerate(HOURS)
        ]
        halls[3].held_back, halls[3].held_until = HELD, MONDAY + dt.timedelta(days=2)
        self.model = Model(halls, {1}, self.world.school_days, make.local(MONDAY, 9))
        self._walk()

    def teardown(self) -> None:
        problems = list(books.problems())
        if self.hold:
            self.hold.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.back.__exit__(None, None, None)
        assert problems == []
        self.done["runs"] += self.is_well

    # --- gestures ---

    def _walk(self) -> None:
        if self.hold:
            self.hold.__exit__(None, None, None)
        self.hold = clock.at(self.model.now)
        self.hold.__enter__()

    def _hall(self, n: int) -> int | None:
        today = self.model.now.date()
        open_ones = [k for k, one in enumerate(self.model.halls) if not one.is_gone and one.starts.date() >= today]
        return open_ones[n % len(open_ones)] if open_ones else None

    def _session(self, hall: int) -> Session:
        return Session.objects.select_related("programme").get(pk=self.world.sessions[hall])

    def _classes(self, school: int, chosen: set[int]) -> dict[int, int]:
        return {self.world.classes[school][n].pk: SIZES[school][n] for n in sorted(chosen)}

    def _group(self, party: Party) -> groups.Group:
        day = self.model.halls[party.hall].starts.date()
        rows = [one for one in self.world.classes[party.school] if one.pk in party.classes]
        return groups.of_classes(self.world.schools[party.school], rows, on=day, adults=9, heads=party.classes)

    def _by(self, school: int):
        return actor(self.world.hats[school])

    def _told(self, name: str, act) -> tuple[set[str], object]:
        """The codes that refused an act, and what it answered."""
        self.is_well = False  # until the model has agreed
        try:
            with transaction.atomic():
                answer = act()
                self.done[name] += 1
                return set(), answer
        except bookings.NotEligible as no:
            return {each.code for each in no.verdict.blocking}, None
        except Refused as no:
            return {no.code}, None

    def _booking(self, key: int) -> Booking:
        return Booking.objects.with_group().get(pk=self.real[key])

    def _entry(self, key: int) -> WaitlistEntry:
        return WaitlistEntry.objects.with_names().get(pk=self.real[key])

    def _newest(self, before: set[int], now: dict) -> int | None:
        return next(iter(set(now) - before), None)

    # --- what people do ---

    @rule(n=some, school=st.integers(0, 1), chosen=picks)
    def book(self, n: int, school: int, chosen: set[int]) -> None:
        hall = self._hall(n)
        if hall is None:
            return
        party, before = Party(school, hall, self._classes(school, chosen)), set(self.model.bookings)
        codes, made = self._told(
            "book",
            lambda: bookings.request(
                self._session(hall),
                self._group(party),
                by=self._by(school),
                leader=self.world.hats[school],
                request_key=uuid.uuid4(),
            ),
        )
        assert codes == self.model.book(party)
        if made:
            self.real[self._newest(before, self.model.bookings)] = made.pk

    @precondition(lambda self: self.model.bookings)
    @rule(n=some)
    def cancel(self, n: int) -> None:
        key = sorted(self.model.bookings)[n % len(self.model.bookings)]
        booking, school = self._booking(key), self.model.bookings[key].school
        codes, _none = self._told("cancel", lambda: bookings.cancel(booking, by=self._by(school)))
        assert codes == self.model.cancel(key)

    @precondition(lambda self: self.model.bookings)
    @rule(n=some, which=some, more=st.integers(-9, 9))
    def resize(self, n: int, which: int, more: int) -> None:
        """One class comes with more pupils or fewer; with none, it stays at school."""
        key = sorted(self.model.bookings)[n % len(self.model.bookings)]
        one = self.model.bookings[key]
        name = sorted(one.classes)[which % len(one.classes)]
        wanted = {k: v + more if k == name else v for k, v in one.classes.items()}
        wanted = {k: v for k, v in wanted.items() if v > 0}
        if not wanted:
            return
        booking = self._booking(key)

        def act():
            group = head_counts.coming(booking, classes=list(wanted), heads=wanted)
            return head_counts.change(booking, group, by=self._by(one.school))

        codes, _changed = self._told("resize", act)
        assert codes == self.model.resize(key, wanted)

    @precondition(lambda self: self.model.bookings)
    @rule(n=some, to=some)
    def reschedule(self, n: int, to: int) -> None:
        key = sorted(self.model.bookings)[n % len(self.model.bookings)]
        hall, school = self._hall(to), self.model.bookings[key].school
        if hall is None:
            return
        booking = self._booking(key)
        codes, _moved = self._told(
            "reschedule", lambda: rescheduling.reschedule(booking, to=self._session(hall), by=self._by(school))
        )
        assert codes == self.model.reschedule(key, hall)

    @rule(
        n=some,
        school=st.integers(0, 1),
        chosen=picks,
        smallest=st.integers(1, 12),
        whole=st.booleans(),
        split=st.booleans(),
    )
    def wait(self, n: int, school: int, chosen: set[int], smallest: int, whole: bool, split: bool) -> None:
        hall = self._hall(n)
        if hall is None:
            return
        classes = self._classes(school, chosen)
        least = sum(classes.values()) if whole else min(smallest, sum(classes.values()))
        party, before = InLine(school, hall, classes, smallest=least, may_split=split), set(self.model.line)
        codes, made = self._told(
            "wait",
            lambda: waitlist.join(
                self._session(hall),
                self._group(party),
                by=self._by(school),
                leader=self.world.hats[school],
                request_key=uuid.uuid4(),
                smallest=least,
                may_split=split,
            ),
        )
        assert codes == self.model.wait(party)
        if made:
            self.real[self._newest(before, self.model.line)] = made.pk

    @rule(n=some)
    def serve(self, n: int) -> None:
        """The doorbell rings, or the message was sent twice."""
        hall = self._hall(n)
        if hall is not None:
            offered = self.model.serve(hall)
            assert offering.offer_places(self.world.sessions[hall]) == len(offered)
            self.done["serve"] += len(offered)

    @precondition(lambda self: any(one.seats for one in self.model.line.values()))
    @rule(n=some, chosen=picks, everybody=st.booleans())
    def accept(self, n: int, chosen: set[int], everybody: bool) -> None:
        offered = [key for key, one in self.model.line.items() if one.seats]
        key = offered[n % len(offered)]
        one = self.model.line[key]
        names = sorted(one.classes)
        part = set(names) if everybody else {name for k, name in enumerate(names) if k in chosen} or {names[0]}
        before, school, entry = set(self.model.bookings), one.school, self._entry(key)
        codes, made = self._told("accept", lambda: waitlist.accept(entry, by=self._by(school), classes=part))
        assert codes == self.model.accept(key, part)
        if made:
            self.real[self._newest(before, self.model.bookings)] = made.pk

    @precondition(lambda self: self.model.line)
    @rule(n=some)
    def leave(self, n: int) -> None:
        key = list(self.model.line)[n % len(self.model.line)]
        waitlist.leave(self._entry(key), by=self._by(self.model.line[key].school))
        self.model.leave(key)

    @rule(hours=st.sampled_from((1, 3, 9, 24)))
    def pass_time(self, hours: int) -> None:
        self.model.pass_time(dt.timedelta(hours=hours))
        self._walk()
        held_back.release_due()
        offering.sweep()

    @precondition(lambda self: len({hall.slot for hall in self.model.halls if not hall.is_gone}) > 2)
    @rule(n=some, sure=st.integers(0, 7))
    def call_off(self, n: int, sure: int) -> None:
        hall = self._hall(n)
        if hall is None or sure or self.model.has_begun(hall):
            return
        starts, town = self.model.halls[hall].starts, self.world.town
        part = "am" if starts.hour < 12 else "pm"
        days_off.declare(town.venue.organisation, by=actor(town.staff), date=starts.date(), part=part, kind="weather")
        self.model.call_off(hall)

    # --- what always holds ---

    @invariant()
    def stands_as_the_model_does(self) -> None:
        if not hasattr(self, "model"):
            return
        self.is_well = False
        rows = {row.pk: row for row in Session.objects.filter(pk__in=self.world.sessions)}
        for n, key in enumerate(self.world.sessions):
            row = rows[key]
            assert (row.taken, row.held_taken) == (self.model.taken(n), self.model.held_taken(n))
            assert 0 <= row.taken <= row.capacity
        alive = dict(Booking.objects.alive().values_list("pk", "seats_held"))
        assert alive == {self.real[key]: one.heads for key, one in self.model.bookings.items()}
        waiting = dict(WaitlistEntry.objects.live().values_list("pk", "skipped"))
        assert waiting == {self.real[key]: one.skipped for key, one in self.model.line.items()}
        assert all(skipped <= 3 for skipped in waiting.values())
        open_offers = dict(Offer.objects.filter(state=Offer.State.OPEN).values_list("entry", "seats"))
        assert open_offers == {self.real[key]: one.seats for key, one in self.model.line.items() if one.seats}
        self.is_well = True
