"""Who gets a token, what it opens, and what closes it."""

import base64

import pytest
from django.db import connection
from oauth2_provider.models import AccessToken

from portal.models import Client
from tests.breaking import change, refused_as
from tests.factories import people
from tests.factories.api import SECRET, a_client, a_token, api

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/token/"


def ask(browser, client, secret=SECRET, **data):
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials", **data}
    return browser.post(TOKEN, body, headers={"Authorization": f"Basic {basic}"})


@pytest.fixture
def district():
    return people.district()


def test_a_token_holds_what_was_asked_and_lasts_a_quarter_of_an_hour(client, district):
    other = a_client(district, "districts:read", "terms:read")
    answer = ask(client, other, scope="districts:read").json()
    assert (answer["scope"], answer["expires_in"], answer["token_type"]) == ("districts:read", 900, "Bearer")
    found = api(answer["access_token"]).get("/api/v1/districts/")
    assert [row["id"] for row in found.json()["results"]] == [district.pk]


def test_no_scope_asked_is_no_scope(client, district):
    answer = ask(client, a_client(district, "districts:read")).json()
    assert answer["scope"] == ""
    refused = api(answer["access_token"]).get("/api/v1/districts/")
    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope", "districts:read")


def test_more_than_granted_is_not_given(client, district):
    refused = ask(client, a_client(district, "districts:read"), scope="districts:read pupils:names")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_a_scope_taken_back_closes_at_once(district):
    other = a_client(district, "districts:read")
    token = a_token(other)
    assert api(token).get("/api/v1/districts/").status_code == 200
    Client.objects.filter(pk=other.pk).update(scopes=[])
    assert api(token).get("/api/v1/districts/").status_code == 403


def test_neither_token_nor_secret_is_stored(client, district):
    other = a_client(district, "districts:read")
    token = ask(client, other, scope="districts:read").json()["access_token"]
    row = AccessToken.objects.get()
    assert row.token == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM oauth2_provider_accesstoken t")
        assert token not in cursor.fetchone()[0]
        cursor.execute("SELECT row_to_json(t)::text FROM portal_client t")
        assert SECRET not in cursor.fetchone()[0]


@pytest.mark.parametrize("switch", ["client", "principal"])
def test_switched_off_nothing_opens(client, district, switch):
    other = a_client(district, "districts:read")
    token = a_token(other)
    row = other if switch == "client" else other.principal
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    refused = api(token).get("/api/v1/districts/")
    assert (refused.status_code, refused.json()["code"]) == (401, "token")
    assert refused["Content-Type"] == "application/problem+json"
    assert ask(client, other, scope="districts:read").status_code == 401


def test_wrong_revoked_and_missing_tokens_get_401(client, district):
    other = a_client(district, "districts:read")
    token = a_token(other)
    assert api("nonsense").get("/api/v1/districts/").json()["code"] == "token"
    basic = base64.b64encode(f"{other.client_id}:{SECRET}".encode()).decode()
    client.post("/api/v1/token/revoke/", {"token": token}, headers={"Authorization": f"Basic {basic}"})
    assert api(token).get("/api/v1/districts/").status_code == 401
    nobody = client.get("/api/v1/districts/")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_signed_in")
    assert nobody["WWW-Authenticate"] == 'Bearer realm="api"'


def test_the_token_endpoint_is_throttled(client, district, settings):
    settings.API_TOKENS_A_MINUTE = 2
    other = a_client(district, "districts:read")
    assert [ask(client, other, secret="wrong").status_code for _try in range(3)] == [401, 401, 429]
    assert ask(client, other, scope="districts:read")["Retry-After"]


def test_other_grants_are_closed(client, district):
    other = a_client(district, "districts:read")
    person = people.user()
    refused = ask(client, other, grant_type="password", username=person.username, password=people.PASSWORD)
    assert refused.status_code == 400
    for path in ("applications/", "authorize/", "introspect/", ".well-known/oauth-authorization-server"):
        assert client.get(f"/api/v1/{path}").status_code == 404
        assert client.get(f"/o/{path}").status_code == 404


def test_sentences_follow_accept_language(district):
    token = a_token(a_client(district, "districts:read"))
    chinese = api(token).get("/api/v1/districts/0/").json()
    english = api(token, **{"Accept-Language": "en"}).get("/api/v1/districts/0/").json()
    assert chinese["code"] == english["code"] == "not_found"
    assert english["detail"] == "There is no such page, or it is not yours to see."
    assert chinese["detail"] == "页面不存在，或您无权查看。"


@pytest.mark.guards("client_is_a_machine")
def test_a_client_is_a_machine(district):
    other = a_client(district)
    with refused_as("client_is_a_machine"):
        change("portal_client", other.pk, "client_type = 'public'")


@pytest.mark.guards("client_name_once")
def test_names_of_clients_are_told_apart(district):
    other, same = a_client(district), a_client(district)
    with refused_as("client_name_once"):
        change("portal_client", same.pk, f"name = '{other.name}'")
