"""Sign-in by three names, lock-out per account, idle log-out, the language of the reader."""

import pytest
from django.urls import reverse

from people.models import AuditEvent
from people.roles import Role
from people.signin import LOCKED, MISMATCH
from tests.factories.people import PASSWORD, hat, login, user

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"


def sign_in(client, name, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": name, "password": password}, **more)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def sentence(response):
    return [str(error) for error in response.context["form"].non_field_errors()]


@pytest.mark.parametrize("name", ["zhou.ruohe", "Zhou.Ruohe", "13800000001", "zhou@example.cn", " ZHOU@example.cn "])
def test_sign_in_takes_user_name_mobile_and_mail(client, name):
    user(username="zhou.ruohe", mobile="13800000001", email="zhou@example.cn")
    assert sign_in(client, name).status_code == 302
    assert is_signed_in(client)
    assert AuditEvent.objects.filter(verb="user.sign_in").count() == 1


def test_sign_in_answers_unknown_names_and_wrong_passwords_alike(client):
    user(username="zhou.ruohe")
    wrong, unknown = sign_in(client, "zhou.ruohe", "no"), sign_in(client, "nobody.here", "no")
    assert sentence(wrong) == sentence(unknown) == [str(MISMATCH)]


def test_sign_in_refuses_an_account_that_is_switched_off(client):
    user(username="zhou.ruohe", is_active=False)
    assert sentence(sign_in(client, "zhou.ruohe")) == [str(MISMATCH)]


def test_lock_out_holds_for_the_account_whatever_name_is_typed(client):
    user(username="zhou.ruohe", mobile="13800000001", email="zhou@example.cn")
    other = user(username="song.zhixing")
    for name in ["zhou.ruohe", "13800000001", "zhou@example.cn", "ZHOU.RUOHE", "zhou.ruohe"]:
        assert sentence(sign_in(client, name, "no")) == [str(MISMATCH)]
    assert sentence(sign_in(client, "13800000001")) == [str(LOCKED)], "even the right password waits"
    assert sign_in(client, other.username).status_code == 302, "nobody else is locked out"


def test_lock_out_does_not_tell_which_accounts_exist(client):
    user(username="zhou.ruohe")
    for name in ["zhou.ruohe", "nobody.here"]:
        for _try in range(5):
            sign_in(client, name, "no")
    assert sentence(sign_in(client, "zhou.ruohe")) == sentence(sign_in(client, "nobody.here")) == [str(LOCKED)]


def test_nobody_signs_up_and_the_rest_of_allauth_is_shut(client):
    for path in ["/accounts/signup/", "/accounts/email/", "/accounts/password/set/", "/accounts/2fa/"]:
        assert client.get(path).status_code == 404


def test_forgotten_password_says_whom_to_ask(client):
    assert client.get(reverse("account_reset_password")).status_code == 200


def test_idle_log_out_ends_a_session_that_was_left_alone(client, settings, clock):
    settings.IDLE_MINUTES = 15
    login(client, hat(Role.TEACHER))
    clock.forward(minutes=14)
    assert client.get(reverse("people:notice-list")).status_code == 200
    clock.forward(minutes=14)
    assert client.get(reverse("people:notice-list")).status_code == 200, "the page before counted as activity"
    clock.forward(minutes=16)
    answer = client.get(reverse("people:notice-list"))
    assert answer.status_code == 302
    assert answer.url.startswith(SIGN_IN)


def test_idle_log_out_does_not_trust_a_session_without_its_cookie(client, settings, clock):
    settings.IDLE_MINUTES = 15
    login(client, hat(Role.TEACHER))
    clock.forward(minutes=10)
    client.get(reverse("people:notice-list"))
    clock.forward(minutes=10)
    del client.cookies["seen"]
    assert client.get(reverse("people:notice-list")).status_code == 302


def test_idle_log_out_answers_a_fragment_with_a_whole_page(client, settings, clock):
    settings.IDLE_MINUTES = 15
    login(client, hat(Role.TEACHER))
    clock.forward(minutes=16)
    answer = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/notices/?x=1"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{SIGN_IN}?next=%2Fnotices%2F")


def test_reading_a_page_writes_no_session(client, django_assert_num_queries):
    login(client, hat(Role.TEACHER))
    client.get(reverse("people:notice-list"))
    with django_assert_num_queries(5) as seen:  # session, user, hats, notices, bell
        client.get(reverse("people:notice-list"))
    assert not [q for q in seen.captured_queries if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


@pytest.mark.parametrize(
    ("asked", "lang"), [("zh-CN,zh;q=0.9", "zh-Hans"), ("en-GB,en;q=0.8", "en"), ("fr", "zh-Hans")]
)
def test_language_follows_the_browser(client, asked, lang):
    page = client.get(reverse("account_reset_password"), headers={"Accept-Language": asked})
    assert f'<html lang="{lang}"' in page.content.decode()


def test_language_of_the_person_wins_over_the_browser(client):
    who = hat(Role.TEACHER)
    who.user.language = "en"
    who.user.save()
    login(client, who)
    page = client.get(reverse("people:notice-list"), headers={"Accept-Language": "zh-CN"})
    assert '<html lang="en"' in page.content.decode()


def test_choose_language_is_remembered_with_the_person_and_never_leaves_the_house(client):
    who = hat(Role.TEACHER)
    login(client, who)
    answer = client.post(reverse("set_language"), {"language": "en", "next": "https://elsewhere.example/"})
    who.user.refresh_from_db()
    assert (who.user.language, answer.url, client.cookies["django_language"].value) == ("en", "/", "en")
    client.post(reverse("set_language"), {"language": "fr"})
    who.user.refresh_from_db()
    assert who.user.language == "en"


def test_sign_in_after_a_post_comes_back_to_the_page_with_the_form(client):
    answer = client.post("/notices/read/", headers={"Referer": "http://testserver/notices/?after=x"})
    assert answer.url == f"{SIGN_IN}?next=/notices/%3Fafter%3Dx"


def test_idle_minutes_count_from_the_sign_in_itself(client, settings, clock):
    settings.IDLE_MINUTES = 15
    user(username="zhou.ruohe")
    sign_in(client, "zhou.ruohe")
    clock.forward(minutes=20)
    assert client.get(reverse("people:notice-list")).status_code == 302
