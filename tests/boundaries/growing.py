"""Two more of everything that a page lists, in a world that has one of each.

`start(world)` adds the kinds that the world itself has none of: what waits for somebody, what is due today, and what
stands inside another row. `grow(world)` makes three of one: new rows beside the first, and new rows inside the first.
"""

import datetime as dt
import uuid

from activities import training
from activities.models import Booking, RollEntry
from partnerships import agreements, listings, schools
from partnerships.models import Agreement, Commitment, Recognition, Term
from people import thresholds
from people.actors import SYSTEM
from people.models import ThresholdValue
from people.roles import Role
from portal.imports import uploads
from portal.lib import clock
from tests import world as worlds
from tests.factories import activities, partnerships, people
from tests.factories.rolls import SURNAMES
from tests.world import World

KINDS = ("visits", "pupils", "free_places")
CODE = "agreement_years_min"  # the threshold whose page is opened


def start(world: World) -> None:
    """One of the kinds that the world has none of."""
    waiting(world, 0)
    inside(world, 0)


def grow(world: World) -> None:
    """Three of everything."""
    for cell in ("A1", "A2", "B1"):
        worlds.fill(world, cell, range(1, 3))
    for cell in ("A3", "A4"):
        world.hats[cell] |= {role: world.hat(role) for role in (Role.BUREAU_OFFICER, Role.PARTNER_OFFICER)}
        worlds.sides(world, cell)
        worlds.fill(world, cell, range(1))
    for k in (1, 2):
        waiting(world, k)
        inside(world, k)
        beside(world, k)
    worlds.sweep.run()


def waiting(world: World, k: int) -> None:
    """What waits for somebody or is due today."""
    things, hats, place = world.things["A1"], world.hats["A1"], world.districts["A"]
    school, venue = things["school"][0], things["venue"][0]
    by_venue, by_school = people.actor(hats[Role.VENUE_LEAD]), people.actor(hats[Role.SCHOOL_LEAD])
    for steps in range(4):
        pact = partnerships.a_draft(venue, [school], by=by_venue)
        if steps > 0:
            agreements.propose(pact, by=by_venue)
        if steps > 1:
            agreements.agree(again(pact), by=by_school)
        if steps > 2:
            for by in (by_venue, by_school):
                scan = {"scan": partnerships.PDF, "file_name": "协议.pdf"}
                agreements.sign(again(pact), by=by, how="scan", **scan)
            agreements.submit(again(pact), by=by_venue)
    listings.propose(partnerships.a_venue().organisation, by=SYSTEM, district=place)
    listings.propose(venue.organisation, by=SYSTEM, district=partnerships.a_district(offices=2))
    for role in (Role.VENUE_LEAD, Role.BUREAU_OFFICER):
        worlds.an_invitation(hats[role], 10 + k)
    manual = activities.a_programme(venue, confirmation="manual")
    town = worlds.town_of(world, "A1", 0)
    asked = activities.a_session(venue, programme=manual, starts_at=weekly(4, k))
    activities.a_booking(town, asked)
    today(world, k)


def today(world: World, k: int) -> None:
    """A visit of today whose roll is still to be called."""
    things, leader = world.things["A1"], world.hat(Role.TEACHER)
    school, venue = things["school"][0], things["venue"][0]
    session = activities.a_session(venue, starts_at=worlds.TODAY + dt.timedelta(hours=1 + 3 * k))
    booking = Booking.objects.create(
        session=session, school=school, district=world.districts["A"], leader=leader, by="classes", by_roster=True,
        pupils=2, adults=2, state="confirmed", seats_held=2, request_key=uuid.uuid4(), requested_at=clock.now(),
        confirmed_at=clock.now(),
    )  # fmt: skip
    type(session).objects.filter(pk=session.pk).update(taken=2)
    for row in things["class"][0].enrolments.order_by("pk")[:2]:
        enter(booking, row.student, row)
    things["today"].append(booking)


def inside(world: World, k: int) -> None:
    """Rows inside the first of each noun."""
    things, place = world.things["A1"], world.districts["A"]
    school, venue, klass = things["school"][0], things["venue"][0], things["class"][0]
    schools.add_campus(school, by=SYSTEM, name=f"校区{k}")
    schools.add_slot(school, by=SYSTEM, weekday=1 + k, starts=dt.time(16), ends=dt.time(17))
    term = Term.objects.filter(district=place).order_by("pk")[0]
    Commitment.objects.create(
        agreement=things["agreement"][0], party=things["agreement"][0].parties.get(organisation=venue.pk), term=term,
        kind=KINDS[k], promised=10,
    )  # fmt: skip
    session = activities.a_session(venue, programme=things["programme"][0], starts_at=weekly(5, k))
    activities.a_booking(worlds.town_of(world, "A1", 0), session)
    things["called"].append(worlds.a_visit_called(world, "A1", 0, weeks=(1, 2, 4)[k]))
    ThresholdValue.objects.create(
        district=place, code=CODE, value=thresholds.REGISTRY[CODE].default, reason="试行",
        starts_on=clock.today() - dt.timedelta(days=9 - k), set_at=clock.now(),
    )  # fmt: skip
    if k:
        pupil(world, klass, k)
        colleague = people.hat(Role.TEACHER, at=school.organisation)
        training.sign_up(things["training_session"][0], by=people.actor(colleague), teachers=[colleague])


def beside(world: World, k: int) -> None:
    """Rows beside the first that belong to more than one cell."""
    things, hats, place = world.things["A1"], world.hats["A1"], world.districts["A"]
    school, venue = things["school"][0], things["venue"][0]
    cell = ("A3", "A4")[k - 1]
    theirs = world.things[cell]
    partnerships.an_agreement(venue, [theirs["school"][0]])
    partnerships.an_agreement(theirs["venue"][0], [school])
    others = partnerships.a_class(theirs["school"][0], grade=4, pupils=2)
    activities.a_booking(worlds.town_of(world, cell, 0), things["session"][0], others)
    partnerships.a_district(offices=2)
    first = dt.date(2027 + k, 3, 1)
    partnerships.a_term(place, starts_on=first, school_year=2026 + k, half=2)
    for role in (Role.BUREAU_OFFICER, Role.VENUE_STAFF, Role.ADMINISTRATOR):  # a counselor is one person
        people.hat(role, at=hats[role].organisation)
    for code in sorted(set(thresholds.REGISTRY) - {CODE})[2 * k : 2 * k + 2]:
        threshold = thresholds.REGISTRY[code]
        ThresholdValue.objects.create(
            district=place, code=code, value=threshold.default, reason="试行", starts_on=clock.today(), set_at=clock.now()
        )  # fmt: skip
    Recognition.objects.create(venue=venue, title=f"别称{k}", issuer="认定单位")
    data = "班级,姓名\n" + "".join(f"四（{n}）班,名单{n}\n" for n in range(1, 4))
    life = dt.timedelta(days=7)
    stored = uploads.store(data.encode(), kind="roster", owner=school.organisation, file_name="文件.csv", life=life)
    things["import"].insert(0, stored)


def pupil(world: World, klass, k: int) -> None:
    """One more pupil in the first class and group, and on the rolls of its visits."""
    things = world.things["A1"]
    student = partnerships.a_student(klass.school, klass, name=f"{SURNAMES[9 + k]}示{k}", number=f"9{k}")
    row = student.enrolments.get()
    schools.add_members(things["group"][0], by=SYSTEM, students=[student])
    for booking in (things["called"][0], things["booking"][0], things["today"][0]):
        enter(booking, student, row)


def enter(booking: Booking, student, enrolment) -> None:
    session, called = booking.session, booking.called_at
    marked = {"mark": "present", "marked_at": called, "marked_by": booking.called_by} if called else {}
    RollEntry.objects.create(
        booking=booking, student=student, enrolment=enrolment, session=session, starts_at=session.starts_at,
        ends_at=session.ends_at, **marked,
    )  # fmt: skip


def again(pact: Agreement) -> Agreement:
    return Agreement.objects.get(pk=pact.pk)


def weekly(weekday: int, k: int) -> dt.datetime:
    """One o'clock of a weekday, `k` weeks on."""
    return activities.local(activities.next_weekday(weekday) + dt.timedelta(weeks=k), 13)
