"""Looking at pupils' names: on purpose, one logged row a request."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from partnerships.models import IdentityLook, School, SchoolClass, StudentIdentity
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock


@dataclass(frozen=True, repr=False)
class Name:
    """A pupil's name and school number in clear; kept out of repr and so out of logs."""

    name: str
    number: str


@verb
def look(
    students: Iterable[UUID],
    *,
    by: Actor,
    school: School,
    purpose: str,
    school_class: SchoolClass | None = None,
) -> dict[UUID, Name]:
    """Names and numbers of pupils of one school, by id; pupils without a stored name are left out.

    Writes one IdentityLook row. Takes `identity.look`, except for a roll call, whose view has already required
    `roll.call` on the booking.
    """
    if purpose != IdentityLook.Purpose.ROLL_CALL:
        require(by, Permission.IDENTITY_LOOK, school)
    ids = list(students)
    IdentityLook.objects.create(
        at=clock.now(),
        actor_ref=by.ref,
        actor_label=by.label,
        purpose=purpose,
        organisation_id=by.organisation_id or school.pk,
        district_id=school.district_id,
        school_class_id=school_class.pk if school_class else None,
        students=[] if school_class else ids,
    )
    rows = StudentIdentity.objects.filter(school=school, pk__in=ids, name_ct__isnull=False)
    return {row.pk: Name(row.name, row.number) for row in rows}


def masked_names(students: Iterable[UUID], *, by: Actor, school: School) -> dict[UUID, str]:
    """陈＊诺 by id: what lists show by default to the school itself. Offices get pseudonyms instead: nothing here."""
    if by.organisation_id != school.pk:
        return {}
    rows = StudentIdentity.objects.filter(school=school, pk__in=list(students), name_ct__isnull=False)
    return {row.pk: row.masked_name for row in rows}


def number_tails(students: Iterable[UUID], *, by: Actor, school: School) -> dict[UUID, str]:
    """The last two digits of the school number by id, for the school itself: they tell namesakes of a list apart."""
    if by.organisation_id != school.pk:
        return {}
    rows = StudentIdentity.objects.filter(school=school, pk__in=list(students), number_ct__isnull=False)
    return {row.pk: row.number[-2:] for row in rows}
