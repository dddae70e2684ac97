"""A district with a legal basis for real names, a school in it, and two who bring files."""

import pytest

from partnerships.models import School
from people import thresholds
from people.actors import SYSTEM
from people.roles import Role
from tests.factories import partnerships as make
from tests.factories import people
from tests.portal.imports.files import AUTUMN


@pytest.fixture(autouse=True)
def autumn(clock):
    clock.to(AUTUMN)


@pytest.fixture
def place():
    district = make.a_district(name_zh="光明区", city_zh="深圳市")
    basis = {"by": SYSTEM, "starts_on": AUTUMN.date(), "reason": "示例"}
    thresholds.set_value(district, "identity_legal_basis", "示例办法第三条", **basis)
    return district


@pytest.fixture
def school(place) -> School:
    return make.a_school(place, stage="primary")


@pytest.fixture
def as_coordinator(client, school):
    return people.login(client, people.hat(Role.COORDINATOR, at=school.organisation))


@pytest.fixture
def as_officer(client, place):
    return people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place)))
