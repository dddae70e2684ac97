"""hypothesis plays coordinators, the timetable and the weather against the portal and the small model beside it.

After each act the portal must have answered and must stand as the model does: who holds which places, who waits, who
was passed over how often. Most acts are aimed: the model says beforehand which would be done; the others are drawn
blindly, so that refusals are compared as well.
"""

import datetime as dt
import itertools
import uuid
from collections import Counter
from typing import ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activities import (
    bookings,
    days_off,
    final_counts,
    groups,
    head_counts,
    held_back,
    offering,
    rescheduling,
    waitlist,
)
from activities.models import Booking, Offer, Session, WaitlistEntry
from partnerships.models import BookingRules, CalendarDay, School
from portal import books
from portal.lib import clock
from portal.lib.errors import Refused
from tests.activities.line_model import GROUPS_A_DAY, HEADS_A_HALF_DAY, Hall, InLine, Model, Party
from tests.factories import activities as make
from tests.factories.people import actor

MONDAY = dt.date(2026, 11, 2)
SIZES = ((7, 12, 15, 9), (8, 11, 5, 14))  # of the classes of two schools; the second is a rural one
HEADS = (6, 10, 19)  # of head counts
# Sessions: days from the start, hour, places. One counts groups; one holds places back until the day before.
VISITS = ((2, 9, 30), (2, 9, 22), (2, 14, 26), (5, 9, 34), (8, 9, 2), (9, 14, 28))
BY_GROUPS, HOLDING, HELD, HELD_DAYS = 4, 3, 10, 4
ONE_BLIND_OF = 5
PARTS = [set(some) for n in (1, 2, 3) for some in itertools.combinations(range(4), n)]

some = st.integers(0, 999)
blind = st.integers(1, ONE_BLIND_OF).map(lambda n: n == 1)


def hall_of(n: int) -> Hall:
    day, hour, places = VISITS[n]
    holds = {"held_back": HELD, "held_until": MONDAY + dt.timedelta(days=HELD_DAYS)} if n == HOLDING else {}
    return Hall(make.local(MONDAY + dt.timedelta(days=day), hour), places, n == BY_GROUPS, **holds)


class World:
    """Made once for all runs, in the transaction of the test; each run goes back to it."""

    def __init__(self) -> None:
        with clock.at(make.local(MONDAY, 8)):
            self.town = make.a_town(pupils=0)
            district = self.town.district
            days = [MONDAY + dt.timedelta(days=n) for n in range(40)]
            self.school_days = [day for day in days if day.isoweekday() < 6]
            CalendarDay.objects.bulk_create(
                CalendarDay(district=district, date=day, is_workday=taught, is_teaching=taught, source="edited")
                for day in days
                for taught in [day in self.school_days]
            )
            quotas = {"heads_per_half_day": HEADS_A_HALF_DAY, "groups_per_day": GROUPS_A_DAY}
            BookingRules.objects.create(
                venue=self.town.venue, starts_on=MONDAY, lead_days=0, weekdays=[1, 2, 3, 4, 5, 6, 7], **quotas
            )
            programme = make.a_programme(self.town.venue, capacity=40)
            self.schools = [self.town.school, make.a_school(district, locality=School.Locality.RURAL)]
            self.hats = [self.town.coordinator, make.hat(make.Role.COORDINATOR, at=self.schools[1].organisation)]
            self.classes = [[make.a_class(school) for _size in SIZES[n]] for n, school in enumerate(self.schools)]
            self.sessions = []
            for n in range(len(VISITS)):
                hall = hall_of(n)
                session = make.a_session(
                    self.town.venue,
                    programme=programme,
                    starts_at=hall.starts,
                    ends_at=hall.starts + dt.timedelta(hours=2),
                    capacity=hall.capacity,
                    unit=Session.Unit.GROUPS if hall.by_groups else Session.Unit.HEADS,
                    held_back=hall.held_back,
                    held_until=hall.held_until,
                )
                self.sessions.append(session.pk)


class Line(RuleBasedStateMachine):
    world: World
    done: ClassVar[Counter[str]] = Counter()  # acts that took effect, and runs that ended well
    tried: ClassVar[Counter[str]] = Counter()  # acts

    def __init__(self) -> None:
        super().__init__()
        self.back = transaction.atomic()
        self.back.__enter__()
        self.real: dict[int, int] = {}  # of the model's bookings and groups in line → the portal's keys
        self.hold = None
        self.is_well = True

    @initialize(fill=st.lists(st.sampled_from((0, 0.7, 1, 1)), min_size=len(VISITS), max_size=len(VISITS)))
    def begin(self, fill: list[float]) -> None:
        """Somebody has booked before: a line forms only where places are gone."""
        halls = [hall_of(n) for n in range(len(VISITS))]
        self.model = Model(halls, {1}, self.world.school_days, make.local(MONDAY, 9))
        self.acts = 0
        self._walk()
        for n, share in enumerate(fill):
            if heads := int(share * (20 if halls[n].by_groups else halls[n].capacity)):
                self._book(Party(n % 2, n, {0: heads}))

    def teardown(self) -> None:
        problems = list(books.problems())
        if self.hold:
            self.hold.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.back.__exit__(None, None, None)
        assert problems == [], problems
        self.done["runs"] += self.is_well

    # --- gestures ---

    def _walk(self) -> None:
        if self.hold:
            self.hold.__exit__(None, None, None)
        self.hold = clock.at(self.model.now)
        self.hold.__enter__()

    def _halls(self) -> list[int]:
        today = self.model.now.date()
        return [k for k, one in enumerate(self.model.halls) if not one.is_gone and one.starts.date() >= today]

    def _try(self, name: str) -> None:
        self.tried[name] += 1
        self.acts += 1

    def _draw(self, n: int, is_blind: bool, wishes: list, refuses) -> object:
        """One of the wishes; if it is aimed, one that the model would fulfil; None where there is none."""
        shifted = (wishes[(n + k) % len(wishes)] for k in range(len(wishes)))
        return next((wish for wish in shifted if is_blind or not refuses(wish)), None)

    def _session(self, hall: int) -> Session:
        return Session.objects.select_related("programme").get(pk=self.world.sessions[hall])

    def _parties(self, hall: int, school: int) -> list[dict[int, int]]:
        """Who of a school could come: classes, or a head count."""
        own, sizes = self.world.classes[school], SIZES[school]
        return [{own[k].pk: sizes[k] for k in sorted(part)} for part in PARTS] + [{0: heads} for heads in HEADS]

    def _group(self, party: Party) -> groups.Group:
        day, school = self.model.halls[party.hall].starts.date(), self.world.schools[party.school]
        if not party.is_named:
            return groups.of_heads(school, party.heads, on=day, adults=9)
        rows = [one for one in self.world.classes[party.school] if one.pk in party.classes]
        return groups.of_classes(school, rows, on=day, adults=9, heads=party.classes)

    def _by(self, school: int):
        return actor(self.world.hats[school])

    def _told(self, name: str, act) -> tuple[set[str], object]:
        """The codes that refused an act, and what it answered."""
        self.is_well = False  # until the model has agreed
        self._try(name)
        try:
            with transaction.atomic():
                answer = act()
        except bookings.NotEligible as no:
            return {each.code for each in no.verdict.blocking}, None
        except Refused as no:
            return {no.code}, None
        self.done[name] += 1
        return set(), answer

    def _booking(self, key: int) -> Booking:
        return Booking.objects.select_related("session__programme", "school__organisation").get(pk=self.real[key])

    def _entry(self, key: int) -> WaitlistEntry:
        return WaitlistEntry.objects.with_names().get(pk=self.real[key])

    def _keep(self, before: set[int], now: dict, made) -> None:
        if made:
            self.real[next(iter(set(now) - before))] = made.pk

    # --- what people do ---

    @precondition(lambda self: self.acts % 2 == 0)
    @rule(n=some, school=st.integers(0, 1), is_blind=blind)
    def book(self, n: int, school: int, is_blind: bool) -> None:
        wishes = [Party(school, hall, who) for hall in self._halls() for who in self._parties(hall, school)]
        if party := self._draw(n, is_blind, wishes, self.model.refuses_booking):
            self._book(party)

    def _book(self, party: Party) -> None:
        before, school = set(self.model.bookings), party.school
        codes, made = self._told(
            "book",
            lambda: bookings.request(
                self._session(party.hall),
                self._group(party),
                by=self._by(school),
                leader=self.world.hats[school],
                request_key=uuid.uuid4(),
            ),
        )
        assert codes == self.model.book(party), codes
        self._keep(before, self.model.bookings, made)

    @precondition(lambda self: self.model.bookings)
    @rule(n=some, is_blind=blind, is_heard=st.booleans())
    def cancel(self, n: int, is_blind: bool, is_heard: bool) -> None:
        key = self._draw(n, is_blind, list(self.model.bookings), self.model.refuses_cancelling)
        if key is None:
            return
        booking, school = self._booking(key), self.model.bookings[key].school
        codes, _none = self._told("cancel", lambda: bookings.cancel(booking, by=self._by(school)))
        hall = self.model.bookings[key].hall
        assert codes == self.model.cancel(key), codes
        if is_heard and not codes:  # else the doorbell's message was lost
            self._serve(hall)

    @precondition(lambda self: self.model.bookings and self.acts % 3 == 1)
    @rule(n=some, is_blind=blind, is_final=st.booleans())
    def resize(self, n: int, is_blind: bool, is_final: bool) -> None:
        """One class comes with more pupils or fewer; with none, it stays at school."""
        wishes = []
        for key, one in self.model.bookings.items():
            for name, more in itertools.product(one.classes, (-9, -4, -1, 2, 6)):
                wanted = {k: v + more if k == name else v for k, v in one.classes.items()}
                wishes.append((key, {k: v for k, v in wanted.items() if v > 0}))
        wishes = [wish for wish in wishes if wish[1]]
        found = self._draw(n, is_blind, wishes, lambda wish: self.model.refuses_size(*wish))
        if found is None:
            return
        key, wanted = found
        booking, school = self._booking(key), self.model.bookings[key].school

        def act():
            wishes = {"classes": list(wanted), "heads": wanted} if 0 not in wanted else {"pupils": wanted[0]}
            group = head_counts.coming(booking, **wishes)
            return head_counts.change(booking, group, by=self._by(school), is_final=is_final)

        codes, _changed = self._told("resize", act)
        assert codes == self.model.resize(key, wanted, is_final=is_final), codes

    @precondition(lambda self: self.model.bookings and self.acts % 3 == 2)
    @rule(n=some, is_blind=blind)
    def reschedule(self, n: int, is_blind: bool) -> None:
        wishes = [(k, hall) for k, one in self.model.bookings.items() for hall in self._halls() if hall != one.hall]
        found = self._draw(n, is_blind, wishes, lambda wish: self.model.refuses_date(*wish))
        if found is None:
            return
        key, hall = found
        booking, school = self._booking(key), self.model.bookings[key].school
        codes, _moved = self._told(
            "reschedule", lambda: rescheduling.reschedule(booking, to=self._session(hall), by=self._by(school))
        )
        assert codes == self.model.reschedule(key, hall), codes

    @precondition(lambda self: any(one.due for one in self.model.bookings.values()))
    @rule(n=some)
    def count(self, n: int) -> None:
        """The final head count is given with one press."""
        asked = [key for key, one in self.model.bookings.items() if one.due]
        key = asked[n % len(asked)]
        booking, school = self._booking(key), self.model.bookings[key].school
        codes, _counted = self._told("count", lambda: head_counts.confirm(booking, by=self._by(school)))
        assert codes == self.model.count(key), codes

    @rule(n=some, school=st.integers(0, 1), is_blind=blind, smallest=st.integers(1, 12), whole=st.booleans(),
          split=st.booleans())  # fmt: skip
    def wait(self, n: int, school: int, is_blind: bool, smallest: int, whole: bool, split: bool) -> None:
        wishes = []
        for hall in self._halls():
            for who in self._parties(hall, school):
                heads = sum(who.values())
                least = heads if whole else min(smallest, heads)
                wishes.append(InLine(school, hall, who, smallest=least, may_split=split))
        party = self._draw(n, is_blind, wishes, self.model.refuses_waiting)
        if party is None:
            return
        before = set(self.model.line)
        codes, made = self._told(
            "wait",
            lambda: waitlist.join(
                self._session(party.hall),
                self._group(party),
                by=self._by(school),
                leader=self.world.hats[school],
                request_key=uuid.uuid4(),
                smallest=party.smallest,
                may_split=split,
            ),
        )
        assert codes == self.model.wait(party), codes
        self._keep(before, self.model.line, made)

    @precondition(lambda self: any(self.model.turns(hall)[0] for hall in self._halls()))
    @rule(n=some, is_blind=blind)
    def serve(self, n: int, is_blind: bool) -> None:
        """The doorbell rings, or the message was sent twice."""
        hall = self._draw(n, is_blind, self._halls(), lambda hall: not self.model.turns(hall)[0])
        if hall is not None:
            self._serve(hall)

    def _serve(self, hall: int) -> None:
        self._try("serve")
        offered = self.model.serve(hall)
        assert offering.offer_places(self.world.sessions[hall]) == len(offered)
        self.done["serve"] += bool(offered)

    @precondition(lambda self: any(one.seats for one in self.model.line.values()))
    @rule(n=some, is_blind=blind)
    def accept(self, n: int, is_blind: bool) -> None:
        wishes = []
        for key, one in self.model.line.items():
            if not one.seats:
                continue
            if not one.is_named:
                wishes += [(key, {0: heads}) for heads in {one.heads, min(one.seats, one.heads), 1}]
                continue
            for size in range(1, len(one.classes) + 1):
                wishes += [(key, dict(part)) for part in itertools.combinations(one.classes.items(), size)]
        found = self._draw(n, is_blind, wishes, lambda wish: self.model.refuses_accepting(*wish))
        if found is None:
            return
        key, part = found
        before, school, entry = set(self.model.bookings), self.model.line[key].school, self._entry(key)
        chosen = {"classes": list(part)} if 0 not in part else {"heads": part[0]}
        codes, made = self._told("accept", lambda: waitlist.accept(entry, by=self._by(school), **chosen))
        assert codes == self.model.accept(key, part), codes
        self._keep(before, self.model.bookings, made)

    @precondition(lambda self: len(self.model.line) > 3)
    @rule(n=some)
    def leave(self, n: int) -> None:
        key = list(self.model.line)[n % len(self.model.line)]
        entry, school = self._entry(key), self.model.line[key].school
        codes, _left = self._told("leave", lambda: waitlist.leave(entry, by=self._by(school)))
        assert not codes
        self.model.leave(key)

    @precondition(lambda self: self.acts % 3 == 0)
    @rule(hours=st.sampled_from((0, 0, 0, 1, 5, 11)))
    def pass_time(self, hours: int) -> None:
        """To what is due next, or some hours on; it takes effect where the timetable then does something."""
        due, before = self.model.next_due(), self._stand()
        self.model.pass_time(due - self.model.now if due and not hours else dt.timedelta(hours=hours or 3))
        self._walk()
        self._try("pass time")
        held_back.release_due()
        offering.sweep()
        final_counts.run()
        self.done["pass time"] += before != self._stand()

    def _stand(self) -> tuple:
        """What the timetable changes."""
        asked = [(key, one.due) for key, one in self.model.bookings.items()]
        return (
            asked,
            [(key, one.seats) for key, one in self.model.line.items()],
            [h.is_released for h in self.model.halls],
        )

    @precondition(lambda self: self.acts % 10 == 9 and self._halls())
    @rule(n=some)
    def call_off(self, n: int) -> None:
        halls = [hall for hall in self._halls() if not self.model.has_begun(hall)]
        if not halls:
            return
        hall, town = halls[n % len(halls)], self.world.town
        day, is_morning = self.model.halls[hall].half
        self._try("call off")
        days_off.declare(
            town.venue.organisation, by=actor(town.staff), date=day, part="am" if is_morning else "pm", kind="weather"
        )
        self.model.call_off(hall)
        self.done["call off"] += 1

    # --- what always holds ---

    @invariant()
    def stands_as_the_model_does(self) -> None:
        if not hasattr(self, "model"):
            return
        self.is_well = False
        rows = {row.pk: row for row in Session.objects.filter(pk__in=self.world.sessions)}
        for n, key in enumerate(self.world.sessions):
            row = rows[key]
            stands = (row.taken, row.held_taken), (self.model.taken(n), self.model.held_taken(n))
            assert stands[0] == stands[1], (n, *stands)
            assert 0 <= row.taken <= row.capacity
        alive = {
            row[0]: row[1:] for row in Booking.objects.alive().values_list("pk", "seats_held", "pupils", "count_due_at")
        }
        wanted = {
            self.real[key]: (self.model.seats(one), one.heads, one.due) for key, one in self.model.bookings.items()
        }
        assert alive == wanted, (alive, wanted)
        waiting = {row[0]: row[1:] for row in WaitlistEntry.objects.live().values_list("pk", "skipped", "heads")}
        wanted = {self.real[key]: (one.skipped, one.heads) for key, one in self.model.line.items()}
        assert waiting == wanted, (waiting, wanted)
        assert all(skipped <= 3 for skipped, _heads in waiting.values())
        open_offers = dict(Offer.objects.filter(state=Offer.State.OPEN).values_list("entry", "seats"))
        wanted = {self.real[key]: one.seats for key, one in self.model.line.items() if one.seats}
        assert open_offers == wanted, (open_offers, wanted)
        self.is_well = True
