"""Where the schools of the boundary tests have another site, and who changes the class there."""

from partnerships import roster_changes
from partnerships.models import Campus, RosterChange, School, SchoolClass
from people.models import Membership
from tests.factories import people


def a_campus(school: School, cell: str, k: int) -> Campus:
    return Campus.objects.create(
        school=school, name=f"校区{cell}{k}", address=f"校区路{cell}{k}号", latitude="22.75", longitude="113.93"
    )


def a_split(school_class: SchoolClass, coordinator: Membership) -> RosterChange:
    """One pupil of the class proposed for another class of the year: previewed, not written."""
    pupil = school_class.enrolments.order_by("pk").first()
    return roster_changes.split(
        school_class, by=people.actor(coordinator), students={pupil.student_id}, number=school_class.number + 30
    )
