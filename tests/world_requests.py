"""What a school of the boundary world asks of its venue, and its after-school slots."""

import datetime as dt
import uuid

from activities import groups, proposals, requests
from activities.models import Counselor, Request
from partnerships.models import School, Slot, Venue
from people.models import Membership
from tests.factories import activities, people


def a_request(school: School, venue: Venue, group, coordinator: Membership, leader: Membership, k: int) -> Request:
    """Two Fridays for the club, by whoever the venue gives them; nobody has answered yet."""
    friday = activities.next_weekday(5, 12 + 7 * k)
    starts = [activities.local(friday + dt.timedelta(days=7 * n), 16, 40) for n in (0, 1)]
    return requests.ask(
        activities.a_programme(venue, direction="bring_in", form="club", minutes=50, confirmation="manual"),
        groups.of_activity_group(group, on=friday, adults=1),
        by=people.actor(coordinator),
        times=[proposals.Wanted(start, start + dt.timedelta(minutes=50)) for start in starts],
        leader=leader,
        request_key=uuid.uuid4(),
        room=f"教室{school.pk}",
        note=f"想法{school.pk}",
    )


def a_request_to(
    counselor: Counselor, school: School, group, coordinator: Membership, leader: Membership, k: int
) -> Request:
    """A Thursday for the club, by a counselor who has not answered yet."""
    thursday = activities.next_weekday(4, 12 + 7 * k)
    start = activities.local(thursday, 15)
    return requests.ask(
        activities.a_programme(school, direction="bring_in", form="lecture", minutes=50),
        groups.of_activity_group(group, on=thursday, adults=1),
        by=people.actor(coordinator),
        times=[proposals.Wanted(start, start + dt.timedelta(minutes=50))],
        leader=leader,
        request_key=uuid.uuid4(),
        counselor=counselor,
        room=f"讲台{school.pk}",
        note=f"请求{school.pk}",
    )


def a_slot(school: School, k: int) -> Slot:
    return Slot.objects.create(school=school, weekday=k % 5 + 1, starts=dt.time(16, 40), ends=dt.time(17, 30))
