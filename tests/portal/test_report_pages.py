"""Pages of the figures: who opens them, and that every number has its door."""

import pytest
from django.urls import reverse

from people.roles import Role
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.BUREAU_OFFICER, Role.INSPECTOR, Role.COORDINATOR, Role.VENUE_STAFF])
def test_live_figures_open_for_whoever_reads_activities(client, role):
    people.login(client, people.hat(role))
    response = client.get(reverse("portal:report-live"))
    assert response.status_code == 200
    for line in (line for _name, group in response.context["groups"] for line in group):
        assert client.get(line.url).status_code == 200, line.figure.code
