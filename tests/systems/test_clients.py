"""Connected systems: who lets them in, what is shown once, what opens names, and what shuts them out."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from oauth2_provider.models import AccessToken

from people import handover, memberships
from people.models import AuditEvent
from people.roles import Role
from people.scopes import SCOPES
from portal.lib.errors import Refused
from portal.models import Client, WebhookEndpoint, WebhookMessage
from portal.systems import clients
from tests.api.test_tokens import ask
from tests.factories import people
from tests.factories.api import a_client, a_token, api
from tests.factories.people import actor, login
from tests.factories.systems import an_endpoint, answerer

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return people.hat(Role.BUREAU_OFFICER)


@pytest.fixture
def issued(officer):
    district = officer.organisation.district
    return clients.create(district, by=actor(officer), name="综合素质评价平台", scopes=["districts:read", "terms:read"])


def test_a_new_system_works_with_the_secret_that_is_shown_once(client, issued):
    answer = ask(client, issued.client, secret=issued.secret, scope="districts:read")
    assert answer.status_code == 200
    assert api(answer.json()["access_token"]).get("/api/v1/districts/").status_code == 200
    row = Client.objects.values().get()
    assert issued.secret not in str(row)
    assert Client.objects.get().last_used_at is not None


def test_a_new_secret_closes_the_old_one_and_its_tokens(client, issued, officer):
    token = a_token(issued.client)
    fresh = clients.rotate(issued.client, by=actor(officer))
    assert ask(client, issued.client, secret=issued.secret, scope="districts:read").status_code == 401
    assert ask(client, issued.client, secret=fresh.secret, scope="districts:read").status_code == 200
    assert api(token).get("/api/v1/districts/").status_code == 401


def test_shut_out_nothing_opens_and_let_in_again_it_does(client, issued, officer):
    token = a_token(issued.client)
    clients.deactivate(issued.client, by=actor(officer))
    clients.deactivate(issued.client, by=actor(officer))
    assert api(token).get("/api/v1/districts/").status_code == 401
    assert not AccessToken.objects.exists()
    assert ask(client, issued.client, secret=issued.secret, scope="districts:read").status_code == 401
    colleague = people.hat(Role.BUREAU_OFFICER, at=officer.organisation)
    clients.activate(issued.client, by=actor(colleague))
    assert Client.objects.get().principal == colleague.user
    assert ask(client, issued.client, secret=issued.secret, scope="districts:read").status_code == 200
    assert AuditEvent.objects.filter(verb="client.deactivate").count() == 1


def test_names_are_never_granted_with_the_rest(officer, issued):
    for scopes in (["pupils:names"], ["pupils:read", "pupils:names"], ["pupils:everything"]):
        with pytest.raises(Refused):
            clients.grant(issued.client, by=actor(officer), scopes=scopes)
    clients.let_see_names(issued.client, by=actor(officer), allowed=True)
    clients.grant(issued.client, by=actor(officer), scopes=["terms:read"])
    assert Client.objects.get().scopes == ["terms:read", "pupils:names"]
    clients.let_see_names(issued.client, by=actor(officer), allowed=False)
    assert Client.objects.get().scopes == ["terms:read"]
    assert list(AuditEvent.objects.filter(verb__contains="names").values_list("verb", flat=True).order_by("pk")) == [
        "client.let_see_names",
        "client.hide_names",
    ]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU_OFFICER])
def test_nobody_but_the_bureau_lets_systems_in(role, officer, issued):
    district = officer.organisation.district
    inside = (Role.INSPECTOR, Role.PARTNER_OFFICER, Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER)
    who = actor(people.hat(role, of=district if role in inside else None))
    with pytest.raises(PermissionDenied):
        clients.create(district, by=who, name="x", scopes=[])
    with pytest.raises(PermissionDenied):
        clients.rotate(issued.client, by=who)
    assert not Client.objects.visible_to(who).exists()


def test_another_district_s_bureau_sees_nothing(client, issued):
    login(client, people.hat(Role.BUREAU_OFFICER))
    assert client.get(reverse("portal:client-page", args=[issued.client.pk])).status_code == 404
    assert client.post(reverse("portal:client-deactivate", args=[issued.client.pk])).status_code == 404
    assert Client.objects.get().is_active


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_secret_once(client, officer):
    login(client, officer)
    page = client.post(reverse("portal:client-new"), {"name": "学籍平台", "scopes": ["terms:read"]})
    made = Client.objects.get()
    secret = page.content.decode().split('id="client-secret">')[1].split("<")[0]
    assert (page.status_code, made.scopes) == (200, ["terms:read"])
    assert "no-store" in page["Cache-Control"]
    assert ask(client, made, secret=secret, scope="terms:read").status_code == 200
    for name in ("portal:client-page", "portal:client-scopes"):
        assert secret not in client.get(reverse(name, args=[made.pk])).content.decode()
    assert secret not in client.get(reverse("portal:client-list")).content.decode()


def test_the_form_offers_every_scope_but_that_of_names(client, officer):
    login(client, officer)
    page = client.get(reverse("portal:client-new")).content.decode()
    assert [code for code in SCOPES if f'value="{code}"' not in page] == ["pupils:names"]
    refused = client.post(reverse("portal:client-new"), {"name": "学籍平台", "scopes": ["pupils:names"]})
    assert (refused.status_code, Client.objects.exists()) == (422, False)


@pytest.mark.parametrize("what", ["names", "rotate", "activate"])
def test_what_weighs_more_asks_for_a_fresh_code(client, officer, issued, what, clock):
    login(client, officer)
    clock.forward(minutes=11)
    before = Client.objects.values().get()
    refused = client.post(reverse(f"portal:client-{what}", args=[issued.client.pk]), {"allowed": "yes"})
    assert refused.status_code == 302
    assert "/code/" in refused["Location"]
    assert Client.objects.values().get() == before


def test_names_are_opened_on_the_page(client, officer, issued):
    login(client, officer)
    client.post(reverse("portal:client-names", args=[issued.client.pk]), {"allowed": "yes"})
    assert "pupils:names" in Client.objects.get().scopes
    client.post(reverse("portal:client-names", args=[issued.client.pk]), {"allowed": "no"})
    assert "pupils:names" not in Client.objects.get().scopes


def test_a_name_that_is_taken_is_said_at_its_field(client, officer, issued):
    login(client, officer)
    page = client.post(reverse("portal:client-new"), {"name": issued.client.name})
    assert (page.status_code, Client.objects.count()) == (422, 1)


def test_the_page_of_an_address_shows_what_arrived_and_what_did_not(client, officer):
    system = a_client(officer.organisation.district, principal=officer.user)
    endpoint = an_endpoint(system, "https://partner.example/hook").endpoint
    now = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
    WebhookMessage.objects.create(endpoint=endpoint, status=204, attempts=1, arrived_at=now, created_at=now)
    WebhookMessage.objects.create(endpoint=endpoint, fault="tls", attempts=3, created_at=now)
    login(client, officer)
    page = client.get(reverse("portal:endpoint-page", args=[endpoint.pk]), headers={"Accept-Language": "en"})
    text = page.content.decode()
    assert "its certificate is not valid for this name" in text
    assert ">204<" in text
    client.post(reverse("portal:endpoint-disable", args=[endpoint.pk]))
    assert WebhookEndpoint.objects.get().disabled_why == "person"
    client.post(reverse("portal:endpoint-enable", args=[endpoint.pk]))
    client.post(reverse("portal:endpoint-ping", args=[endpoint.pk]))
    assert WebhookMessage.objects.count() == 3
    client.post(reverse("portal:endpoint-types", args=[endpoint.pk]), {"types": ["booking.cancelled"]})
    assert WebhookEndpoint.objects.get().types == ["booking.cancelled"]


def test_an_address_is_added_and_its_secret_changed_on_the_pages(client, officer):
    system = a_client(officer.organisation.district, principal=officer.user)
    login(client, officer)
    new = reverse("portal:endpoint-new", args=[system.pk])
    refused = client.post(new, {"url": "https://10.0.0.1/", "types": ["booking.cancelled"]})
    assert (refused.status_code, WebhookEndpoint.objects.exists()) == (422, False)
    page = client.post(new, {"url": "https://partner.example/hook", "types": ["booking.cancelled"]}).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert "whsec_" in page
    again = client.post(reverse("portal:endpoint-rotate", args=[endpoint.pk])).content.decode()
    assert "whsec_" in again
    assert endpoint.secrets.live().count() == 2


def test_the_list_asks_the_same_however_long_it_is(client, officer, django_assert_num_queries):
    login(client, officer)
    district = officer.organisation.district
    an_endpoint(a_client(district, principal=officer.user))
    client.get(reverse("portal:client-list"))
    with django_assert_num_queries(5) as asked:
        client.get(reverse("portal:client-list"))
    for _one in range(2):
        an_endpoint(a_client(district, principal=officer.user))
    with django_assert_num_queries(len(asked)):
        client.get(reverse("portal:client-list"))
    assert answerer(Client.objects.first()).user == officer.user


def test_whoever_answers_for_a_system_hands_it_over_before_leaving(issued, officer):
    """An account that is still active somewhere else must not keep a system open."""
    people.hat(Role.BUREAU_OFFICER, at=officer.organisation)
    inspector = people.hat(Role.INSPECTOR, at=officer.organisation)
    successor = people.hat(Role.BUREAU_OFFICER, at=officer.organisation)
    with pytest.raises(Refused) as refused:
        memberships.end(officer, by=actor(officer))
    assert refused.value.code == "membership_has_work"
    with pytest.raises(Refused) as refused:
        handover.hand_over(officer, to=inspector, by=actor(officer))
    assert refused.value.code == "client_principal"
    assert handover.hand_over(officer, to=successor, by=actor(officer))["clients"] == 1
    assert Client.objects.get().principal == successor.user
    memberships.end(officer, by=actor(officer))


def test_a_system_that_is_shut_out_holds_nobody(issued, officer):
    clients.deactivate(issued.client, by=actor(officer))
    assert handover.open_work(officer)["clients"] == 0
