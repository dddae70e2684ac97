"""allauth's pages in the house's words: password, codes, and what they answer."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.messages import get_messages
from django.urls import reverse

from people.models import User
from people.roles import Role
from tests.factories.people import PASSWORD, hat, login, user

pytestmark = pytest.mark.django_db
NEW = "tall-bridge-77"


def change(client, old, new=NEW):
    return client.post(reverse("account_change_password"), {"oldpassword": old, "password1": new, "password2": new})


def test_password_is_changed_and_the_session_goes_on(client):
    who = hat(Role.TEACHER)
    login(client, who)
    answer = change(client, PASSWORD)
    assert answer.url == reverse("people:profile-page")
    assert len(list(get_messages(answer.wsgi_request))) == 1
    assert client.get(answer.url).status_code == 200
    assert User.objects.get(pk=who.user_id).check_password(NEW)


def test_password_is_kept_when_the_old_one_is_wrong_or_the_new_one_weak(client):
    who = hat(Role.TEACHER)
    login(client, who)
    assert list(change(client, "no").context["form"].errors) == ["oldpassword"]
    assert list(change(client, PASSWORD, "12345678").context["form"].errors) == ["password1"]
    assert User.objects.get(pk=who.user_id).check_password(PASSWORD)


def test_account_without_a_password_is_told_so(client):
    login(client, hat(Role.TEACHER, who=user(password=None)))
    assert client.get(reverse("account_change_password")).url == reverse("people:profile-page")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_activate_totp", "mfa_reauthenticate", "account_reauthenticate", "account_change_password",
     "account_logout", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"],
)  # fmt: skip
def test_security_page_opens(client, name, language):
    who = hat(Role.VENUE_LEAD, who=user(language=language))
    login(client, who)
    if name in ("mfa_reauthenticate", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"):
        TOTP.activate(who.user, generate_totp_secret())
        RecoveryCodes.activate(who.user)
    assert client.get(reverse(name)).status_code == 200


def test_sign_in_and_out_are_no_news(client):
    who = hat(Role.TEACHER).user
    answer = client.post(reverse("account_login"), {"login": who.username, "password": PASSWORD})
    assert list(get_messages(answer.wsgi_request)) == []
