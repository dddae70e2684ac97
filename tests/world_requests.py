"""What a school of the boundary world asks of its venue, and its after-school slots."""

import datetime as dt
import uuid

from activities import groups, proposals, requests
from activities.models import Request
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


def a_slot(school: School, k: int) -> Slot:
    return Slot.objects.create(school=school, weekday=k % 5 + 1, starts=dt.time(16, 40), ends=dt.time(17, 30))
