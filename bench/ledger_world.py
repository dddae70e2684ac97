"""What the storm of the ledger posts: a pilot school, a rule without caps, and any number of completed roll calls."""

import datetime as dt
import random
import uuid

from activities.models import Booking, RollEntry, Session
from credits.models import CreditRule
from portal.lib import clock
from tests.factories import credits as make

PUPILS = 20
SIZES = (2, 2, 2, 2, *(1,) * 12)  # bookings of one hour: everybody is in one place, and some postings lock two accounts
HOUR = dt.timedelta(hours=1)


def world() -> make.World:
    """Twenty pupils and one rule that nothing caps."""
    made = make.world(pupils=PUPILS, ruled=False)
    now = clock.now()
    CreditRule.objects.create(
        district=made.district, code="EXP", category="experiment", unit="session", points=1000, grades=[5],
        once_a_programme=False, starts_on=make.FIRST_DAY, state="published", published_at=now, published_by="storm",
    )  # fmt: skip
    return made


def facts(world: make.World, count: int) -> list[int]:
    """`count` completed bookings of one or two pupils, hour after hour from the first day of the term; their ids."""
    programme = make.programme(world)
    first = Session.objects.count()
    starts = dt.datetime.combine(make.FIRST_DAY, dt.time(0), tzinfo=make.SHANGHAI)
    hours = [starts + (first + i) * HOUR for i in range(-(-count // len(SIZES)))]
    sessions = Session.objects.bulk_create(
        [
            Session(programme=programme, provider=programme.provider, place=programme.provider, starts_at=hour,
                    ends_at=hour + HOUR, capacity=PUPILS, taken=PUPILS, state="open")
            for hour in hours
        ],
        batch_size=2000,
    )  # fmt: skip
    bookings, now = [], clock.now()
    for session in sessions:
        bookings += [
            Booking(session=session, school=world.school, district=world.district, leader=world.coordinator,
                    by="classes", by_roster=True, pupils=size, adults=1, state="attended", seats_held=size,
                    request_key=uuid.uuid4(), ended_at=now, called_at=now, called_by=world.coordinator)
            for size in SIZES
        ]  # fmt: skip
    bookings = Booking.objects.bulk_create(bookings[:count], batch_size=2000)
    pupils = [(student, student.enrolments.get()) for student in world.pupils]
    rolls, free = [], []
    for i, booking in enumerate(bookings):
        if i % len(SIZES) == 0:  # another order every hour, so that workers meet in every combination
            random.Random(first + i).shuffle(pupils)
            free = list(pupils)
        rolls += [(booking, *free.pop()) for _ in range(booking.pupils)]
    RollEntry.objects.bulk_create(
        [
            RollEntry(booking=booking, student=student, enrolment=enrolment, session=booking.session,
                      starts_at=booking.session.starts_at, ends_at=booking.session.ends_at, mark="present",
                      marked_at=now, marked_by=world.coordinator)
            for booking, student, enrolment in rolls
        ],
        batch_size=2000,
    )  # fmt: skip
    return [booking.pk for booking in bookings]
