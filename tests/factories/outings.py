"""A grade that goes out: its classes, the sessions of a day, and the outing over them.

grade = a_grade(classes=6, pupils=4)       # a town with its lead, six classes of grade 5, three sessions of ten places
outing = an_outing(grade)                  # booked through the verb
ready(outing, grade)                       # planned, every paper ticked
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from activities import checklist, grade_outings, groups, outings, spreading
from activities.models import Outing, Session
from partnerships.models import SchoolClass
from people.models import Membership
from people.roles import Role
from tests.factories import activities
from tests.factories.people import actor, hat

PLAN = {
    "transport": "coach", "vehicles": 2, "carrier": "示例客运公司", "drivers": "粤B12345 赵示例", "meeting_place": "校门口",
    "meets_at": dt.time(8, 40), "returns_at": dt.time(11, 50), "phone": "0755-1234567",
}  # fmt: skip


@dataclass
class Grade:
    town: activities.Town
    lead: Membership
    classes: list[SchoolClass]
    sessions: list[Session]

    @property
    def parts(self) -> list[groups.Group]:
        """Each class as a group; how many adults come along is left to the rules."""
        return [groups.of_classes(self.town.school, [one], on=self.sessions[0].day, adults=0) for one in self.classes]

    def spread(self) -> spreading.Spread:
        for session in self.sessions:
            session.refresh_from_db()
        return spreading.spread(self.sessions, self.parts)[self.sessions[0].day]


def a_grade(*, classes: int = 6, pupils: int = 4, places: tuple[int, ...] = (10, 10, 10), **fields: Any) -> Grade:
    """Six classes of four pupils; sessions at 8, 10 and 12 o'clock of one day, of one programme."""
    town = activities.a_town(pupils=pupils)
    rest = [activities.a_class(town.school, pupils) for _more in range(classes - 2)]
    programme = activities.a_programme(town.venue, minutes=90)
    day = activities.next_weekday(3)
    sessions = [
        activities.a_session(
            town.venue, programme=programme, starts_at=activities.local(day, 8 + 2 * n), capacity=count, **fields
        )
        for n, count in enumerate(places)
    ]
    lead = hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    return Grade(town, lead, [town.class_a, town.class_b, *rest], sessions)


def an_outing(grade: Grade, **fields: Any) -> Outing:
    """Every class booked by the coordinator, led by the teacher."""
    trips = [grade_outings.Trip(part.session, part.group, grade.town.teacher) for part in grade.spread().parts]
    given = {"by": actor(grade.town.coordinator), "request_key": uuid.uuid4()} | fields
    made = grade_outings.book(grade.town.school, trips, **given)
    return Outing.objects.with_names().get(pk=made.pk)


def ready(outing: Outing, by: Membership, **fields: Any) -> Outing:
    """Planned, with every paper of the checklist ticked."""
    outings.plan(outing, by=actor(by), papers=[], **PLAN | fields)
    return outings.plan(outing, by=actor(by), papers=[line.code for line in checklist.of(outing)])
