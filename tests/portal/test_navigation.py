"""Every door that the header shows opens, and only one of them is the current one."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from people.roles import KINDS, Role
from portal import design, navigation
from tests.factories.activities import a_school, a_venue
from tests.factories.people import actor, hat, login

pytestmark = pytest.mark.django_db
NOUNS = {"school": a_school, "venue": a_venue}


@pytest.mark.parametrize("role", Role)
def test_every_door_opens(client, role):
    noun = NOUNS.get(KINDS[role])
    who = hat(role, at=noun().organisation if noun else None)
    login(client, who)
    doors = navigation.doors(actor(who), RequestFactory().get("/"))
    assert doors[0].url == reverse("portal:home")
    assert {door.url: client.get(door.url).status_code for door in doors} == {door.url: 200 for door in doors}


def test_one_door_is_the_current_one(client):
    who = hat(Role.VENUE_STAFF, at=a_venue().organisation)
    login(client, who)
    html = client.get(reverse("activities:booking-desk")).text
    header = html[html.index("masthead__sections") : html.index("masthead__tools")]
    assert header.count('aria-current="page"') == 1
    assert f'href="{reverse("activities:booking-desk")}" aria-current="page"' in header


def test_the_parts_show_themselves(rf, client):
    request = rf.get("/design/")
    who = hat(Role.COORDINATOR)
    login(client, who)
    request.user, request.actor, request.hats, request.session = who.user, actor(who), [], client.session
    request._messages = []
    response = design.parts(request)
    assert response.status_code == 200
    assert response.text.count("badge--turn") >= 4
