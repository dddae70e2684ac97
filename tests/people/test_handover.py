"""Hand-over: everything open moves to a colleague in one step; who has open work does not leave."""

import pytest
from django.core.exceptions import PermissionDenied

from people import handover, memberships
from people.actors import SYSTEM
from people.models import AuditEvent, Notice
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories.people import actor, hat, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def bookings_led(monkeypatch):
    """A kind of open work as a higher app would declare it: who leads which booking."""
    led = {}

    def move(hat, successor, by):
        mine = [booking for booking, leader in led.items() if leader == hat.pk]
        led.update(dict.fromkeys(mine, successor.pk))
        return len(mine)

    monkeypatch.setattr(handover, "KINDS", {})
    handover.declare(
        "bookings_led", "Bookings", count=lambda hat: sum(leader == hat.pk for leader in led.values()), move=move
    )
    return led


def three_at_one_school():
    school = organisation("school")
    return [hat(role, at=school) for role in (Role.TEACHER, Role.COORDINATOR, Role.SCHOOL_LEAD)]


@pytest.mark.notice("work.handed_over")
def test_hand_over_moves_open_work_in_one_step_and_tells_the_successor(bookings_led):
    teacher, coordinator, _lead = three_at_one_school()
    bookings_led.update({7: teacher.pk, 8: teacher.pk, 9: coordinator.pk})
    assert handover.hand_over(teacher, to=coordinator, by=actor(teacher)) == {"bookings_led": 2}
    assert set(bookings_led.values()) == {coordinator.pk}
    notice = Notice.objects.get(kind="work.handed_over")
    assert (notice.user, notice.facts["count"]) == (coordinator.user, 2)
    assert AuditEvent.objects.get(verb="membership.hand_over").facts == {
        "to": coordinator.pk,
        "moved": {"bookings_led": 2},
    }


def test_end_waits_for_the_hand_over(bookings_led):
    teacher, coordinator, lead = three_at_one_school()
    bookings_led[7] = teacher.pk
    with pytest.raises(Refused) as refused:
        memberships.end(teacher, by=actor(lead))
    assert (refused.value.code, refused.value.facts) == ("membership_has_work", {"count": 1})
    handover.hand_over(teacher, to=coordinator, by=actor(lead))
    memberships.end(teacher, by=actor(lead))
    assert not teacher.is_active


def test_hand_over_refuses_strangers_and_colleagues(bookings_led):
    teacher, coordinator, _lead = three_at_one_school()
    for somebody in (coordinator, hat(Role.SCHOOL_LEAD)):
        with pytest.raises(PermissionDenied):
            handover.hand_over(teacher, to=coordinator, by=actor(somebody))


def test_hand_over_stays_inside_the_organisation(bookings_led):
    teacher, coordinator, _lead = three_at_one_school()
    memberships.end(coordinator, by=SYSTEM)
    for somebody in (hat(Role.TEACHER), coordinator, teacher):
        with pytest.raises(Refused) as refused:
            handover.hand_over(teacher, to=somebody, by=actor(teacher))
        assert refused.value.code == "handover_elsewhere"


def test_successors_are_colleagues_those_of_the_same_role_first():
    teacher, coordinator, lead = three_at_one_school()
    second = hat(Role.TEACHER, at=teacher.organisation)
    hat(Role.TEACHER)
    assert handover.successors(teacher) == [second, coordinator, lead]
