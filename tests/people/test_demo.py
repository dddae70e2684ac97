"""The demo's cards: one click, one role, and never outside the demo."""

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from people import demo
from people.gate import HAT
from people.roles import Role
from tests.factories.people import hat, user

pytestmark = pytest.mark.django_db


def demo_hat(role):
    return hat(role, who=user(is_demo=True))


def test_cards_show_one_demo_hat_a_role():
    first, second, officer = demo_hat(Role.TEACHER), demo_hat(Role.TEACHER), demo_hat(Role.BUREAU_OFFICER)
    hat(Role.COORDINATOR)
    assert [card.hat for card in demo.cards()] == [first, officer]
    assert second not in [card.hat for card in demo.cards()]


def test_every_role_has_its_sentence_on_a_card():
    assert set(demo.DOES) == set(Role)


def test_card_signs_in_with_one_click_and_in_its_hat(client, settings):
    settings.DEMO = True
    officer = demo_hat(Role.BUREAU_OFFICER)
    client.post(reverse("demo_card"), {"hat": officer.pk})
    assert client.session[HAT] == officer.pk
    assert client.get("/notices/").status_code == 200


def test_card_never_opens_an_account_of_a_real_person(client, settings):
    settings.DEMO = True
    assert client.post(reverse("demo_card"), {"hat": hat(Role.TEACHER).pk}).status_code == 404
    assert client.post(reverse("demo_card"), {"hat": "x"}).status_code == 404


def test_card_does_not_exist_outside_the_demo(client):
    assert client.post(reverse("demo_card"), {"hat": demo_hat(Role.TEACHER).pk}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_card_takes_a_press_not_a_link(client, settings):
    settings.DEMO = True
    assert client.get(reverse("demo_card")).status_code == 405


@pytest.mark.parametrize(
    ("demo", "hosts", "https", "faults"),
    [
        (False, ["*"], True, []),
        (True, ["localhost", "127.0.0.1", "[::1]"], False, []),
        (True, ["localhost", "guanxiao.example.cn"], False, ["people.E001"]),
        (True, ["*"], False, ["people.E001"]),
        (True, ["localhost"], True, ["people.E002"]),
    ],
)
def test_check_refuses_the_demo_in_a_public_place(settings, demo, hosts, https, faults):
    settings.DEMO, settings.ALLOWED_HOSTS, settings.SESSION_COOKIE_SECURE = demo, hosts, https
    assert [fault.id for fault in run_checks(tags=["demo"])] == faults


@pytest.mark.parametrize(
    ("keys", "mac_key", "faults"),
    [
        ("1:" + "A" * 43 + "=", "long", []),
        ("", "long", ["people.E003"]),
        ("1:AAAA", "long", ["people.E003"]),
        ("1:" + "A" * 43 + "=", "", ["people.E004"]),
    ],
)
def test_check_refuses_to_serve_without_the_keys_of_names(settings, keys, mac_key, faults):
    settings.IDENTITY_KEYS, settings.IDENTITY_MAC_KEY = keys, mac_key
    assert [fault.id for fault in run_checks(tags=["secrets"])] == faults
