"""Class moves of the demo: a pupil whom one school has let go to another, and who waits there to be taken in."""

from partnerships import roster_changes
from people.roles import Role
from portal.demo.classes import class_of
from portal.demo.places import World

SCHOOL, OTHER = "楼村小学", "东周小学"


def transfer_out(world: World) -> None:
    """One pupil of 四（3）班 has moved away and goes to the other school from now on."""
    by = world.worn_at(SCHOOL, Role.COORDINATOR)
    source = class_of(world.schools[SCHOOL], 4, 3, world.today)
    pupil = min(roster_changes.in_class(source))
    change = roster_changes.leave(source, by=by, students={pupil}, to_school=world.schools[OTHER])
    roster_changes.apply(change, by=by)
