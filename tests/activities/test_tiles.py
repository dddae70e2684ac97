"""The counselor's tile: settled while an appointment for the school year stands."""

import pytest
from django.urls import reverse

from activities import appointments
from partnerships import tiles
from people.roles import Role
from portal.lib import clock as house_clock
from tests.factories import hours as make
from tests.factories import people
from tests.factories.counselors import a_counselor, actor_of, an_appointment

pytestmark = pytest.mark.django_db


def tile_for(school, hat):
    return tiles.TELLERS[2](school, people.actor(hat), house_clock.today())


def test_a_counselor_is_settled_by_both_and_opens_again_when_it_ends():
    school, lead = make.a_place()
    counselor = a_counselor(listed_in=[school.organisation.district])
    url = reverse("activities:counselor-list")
    assert (tile_for(school, lead).is_settled, tile_for(school, lead).url) == (False, url)
    appointment = an_appointment(school, counselor, lead, accepted=False)
    assert not tile_for(school, lead).is_settled
    appointments.accept(appointment, by=actor_of(counselor))
    settled = tile_for(school, lead)
    assert (settled.is_settled, settled.facts) == (True, counselor.organisation.name)
    inspector = people.hat(Role.INSPECTOR, at=school.organisation.district.organisations.get(kind="bureau"))
    assert tile_for(school, inspector).is_settled
    appointments.end(appointment, by=people.actor(lead), reason="本学年结束")
    assert not tile_for(school, lead).is_settled
