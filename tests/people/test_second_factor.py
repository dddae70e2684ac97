"""The second factor by hat: who is asked, when, and what a trusted device is worth."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from people import second_factor
from people.gate import fresh_factor
from people.roles import SECOND_FACTOR_EACH_TIME, SECOND_FACTOR_PER_DEVICE, Role
from tests.factories.people import PASSWORD, actor, hat, login, user

pytestmark = pytest.mark.django_db
PAGE = "/notices/"
FREE = set(Role) - SECOND_FACTOR_EACH_TIME - SECOND_FACTOR_PER_DEVICE


def give_totp(who):
    """A second factor for a user; returns the function that answers a code for now (each code works once)."""
    secret = generate_totp_secret()
    TOTP.activate(who, secret)
    step = iter(range(-1, 2))
    return lambda: format_hotp_value(hotp_value(secret, int(time.time()) // 30 + next(step)))


def sign_in(client, who):
    return client.post(reverse("account_login"), {"login": who.username, "password": PASSWORD})


def enter_code(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def opens(client):
    return client.get(PAGE).status_code == 200


def test_role_table_names_every_hat_but_teacher_and_counselor():
    assert {Role.TEACHER, Role.COUNSELOR} == FREE
    assert not SECOND_FACTOR_EACH_TIME & SECOND_FACTOR_PER_DEVICE


@pytest.mark.parametrize("role", sorted(FREE))
def test_teacher_and_counselor_need_no_code(client, role):
    sign_in(client, hat(role).user)
    assert opens(client)


@pytest.mark.parametrize("role", sorted(set(Role) - FREE))
def test_hat_without_a_second_factor_is_led_to_set_one_up(client, role):
    sign_in(client, hat(role).user)
    assert client.get(PAGE).url == f"{reverse('mfa_activate_totp')}?next=%2Fnotices%2F"


@pytest.mark.parametrize("role", sorted(set(Role) - FREE))
def test_hat_with_a_second_factor_opens_after_the_code(client, role):
    who = hat(role).user
    code = give_totp(who)
    assert sign_in(client, who).url == reverse("mfa_authenticate")
    assert not opens(client)
    enter_code(client, "000000")
    assert not opens(client)
    answer = enter_code(client, code())
    if role in SECOND_FACTOR_PER_DEVICE:
        assert answer.url == reverse("mfa_trust")
        client.post(reverse("mfa_trust"), {"action": "once"})
    assert opens(client)


def trust_this_device(client, who, code):
    sign_in(client, who)
    enter_code(client, code())
    client.post(reverse("mfa_trust"), {"action": "trust"})
    client.post(reverse("account_logout"))


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_PER_DEVICE))
def test_trusted_device_is_not_asked_again(client, role):
    who = hat(role).user
    trust_this_device(client, who, give_totp(who))
    sign_in(client, who)
    assert opens(client)


def test_trust_ends_with_the_second_factor_that_earned_it(client):
    who = hat(Role.COORDINATOR).user
    trust_this_device(client, who, give_totp(who))
    Authenticator.objects.filter(user=who).delete()
    give_totp(who)
    assert sign_in(client, who).url == reverse("mfa_authenticate")


def test_trusted_device_counts_for_nothing_once_an_office_hat_is_worn(client):
    who = hat(Role.COORDINATOR).user
    trust_this_device(client, who, give_totp(who))
    hat(Role.INSPECTOR, who=who)
    assert sign_in(client, who).url == reverse("mfa_authenticate")


def test_switch_to_a_stricter_hat_asks_for_the_code_then(client):
    who = user()
    hat(Role.TEACHER, who=who)
    strict = hat(Role.INSPECTOR, who=who)
    sign_in(client, who)
    assert opens(client), "the first hat needs no code"
    client.post(reverse("people:hat-switch"), {"hat": strict.pk})
    assert client.get(PAGE).url.startswith(reverse("mfa_activate_totp"))


@pytest.mark.django_db(transaction=True)  # the code is counted on commit
def test_set_up_works_right_after_sign_in_and_opens_the_portal(client):
    who = hat(Role.BUREAU_OFFICER).user
    sign_in(client, who)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert opens(client)
    assert len(client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]) == 10


def test_recovery_code_works_once_in_place_of_the_phone(client):
    who = hat(Role.BUREAU_OFFICER).user
    give_totp(who)
    sign_in(client, who)
    from_sheet = RecoveryCodes.activate(who).get_unused_codes()[0]
    enter_code(client, from_sheet)
    assert opens(client)
    client.post(reverse("account_logout"))
    sign_in(client, who)
    enter_code(client, from_sheet)
    assert not opens(client)


def test_second_factor_that_a_hat_needs_is_not_switched_off(client):
    who = hat(Role.VENUE_STAFF)
    give_totp(who.user)
    login(client, who)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=who.user, type="totp").exists()


def test_secret_is_sealed_at_rest():
    who = user()
    secret = generate_totp_secret()
    TOTP.activate(who, secret)
    stored = Authenticator.objects.get(user=who, type="totp").data["secret"]
    assert secret not in stored
    assert second_factor.MFAAdapter().decrypt(stored) == secret


def test_demo_card_is_excused_in_the_demo_only(client, settings):
    who = hat(Role.BUREAU_OFFICER, who=user(is_demo=True)).user
    settings.DEMO = True
    client.force_login(who)
    assert opens(client)
    settings.DEMO = False
    assert not opens(client)


def test_demo_setting_excuses_nobody_else(client, settings):
    settings.DEMO = True
    client.force_login(hat(Role.BUREAU_OFFICER).user)
    assert not opens(client)


# --- export, signing, settlement --------------------------------------------------------------------------------------


@fresh_factor
def sign(request):
    return HttpResponse("signed")


def pressed(client, as_hat, method="get", **headers):
    """A request to a view under @fresh_factor in this client's session."""
    request = getattr(RequestFactory(), method)("/agreements/7/sign/", headers=headers)
    request.session, request.user = client.session, as_hat.user
    request.actor = actor(as_hat)
    request._messages = type("Nowhere", (), {"add": lambda *a, **k: None})()
    return sign(request)


def test_fresh_factor_opens_for_ten_minutes_after_a_code(client, clock):
    lead = hat(Role.SCHOOL_LEAD)
    give_totp(lead.user)
    login(client, lead)
    assert pressed(client, lead).status_code == 200
    clock.forward(minutes=11)
    assert pressed(client, lead).url == f"{reverse('mfa_reauthenticate')}?next=%2Fagreements%2F7%2Fsign%2F"


def test_fresh_factor_does_not_count_a_trusted_device(client):
    lead = hat(Role.SCHOOL_LEAD)
    give_totp(lead.user)
    client.force_login(lead.user)
    assert pressed(client, lead).status_code == 302


def test_fresh_factor_after_a_press_comes_back_to_the_page_with_the_button(client):
    lead = hat(Role.SCHOOL_LEAD)
    client.force_login(lead.user)
    answer = pressed(client, lead, "post", Referer="http://testserver/agreements/7/")
    assert answer.url == f"{reverse('mfa_activate_totp')}?next=%2Fagreements%2F7%2F"
    assert pressed(client, lead, "post", Referer="http://evil.example/agreements/7/").url.endswith("next=%2F")


def test_fresh_factor_lets_hats_through_that_need_no_code(client):
    teacher = hat(Role.TEACHER)
    client.force_login(teacher.user)
    assert pressed(client, teacher).status_code == 200


def test_export_of_figures_asks_for_a_fresh_code(client, clock):
    officer = hat(Role.BUREAU_OFFICER)
    give_totp(officer.user)
    login(client, officer)
    clock.forward(minutes=11)
    assert client.get(reverse("portal:report-csv")).url.startswith(reverse("mfa_reauthenticate"))
