"""A robot of the bureau's work chat, switched off: the demo sends nothing to anybody. And what waits by now is recalled."""

from people import reminders, robots
from people.actors import Person
from people.models import District

HEARS = ["agreement_filed", "agreement_ends_soon", "commitment_behind", "booking.cancelled_by_venue"]


def bring_in_robot(district: District, officer: Person) -> None:
    """Its address leads to the real chat, its key opens no group."""
    robot = robots.register(
        district,
        by=officer,
        name="科普工作群",
        form="wecom",
        address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000",
        kinds=HEARS,
    )
    robots.switch(robot, by=officer, on=False)


def recall() -> None:
    """Reminders as the timetable would have told them."""
    reminders.run()
