"""The address of a mail server, and what the portal says of one that it does not understand."""

import pytest

from people.checks import mail_can_leave
from portal.lib.mailbox import settings_of


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "secret", "ssl", "tls"),
    [
        ("smtp://mail.example", "mail.example", 25, "", "", False, False),
        ("smtp://me%40x:p%3Aw@mail.example:587?tls=1", "mail.example", 587, "me@x", "p:w", False, True),
        ("smtps://me:pw@mail.example", "mail.example", 465, "me", "pw", True, False),
    ],
)
def test_an_address_becomes_django_s_settings(url, host, port, user, secret, ssl, tls):
    made = settings_of(url)
    assert made.pop("EMAIL_BACKEND") == "portal.lib.mailbox.Backend"
    assert made == {
        "MAIL_ON": True, "EMAIL_HOST": host, "EMAIL_PORT": port, "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": secret, "EMAIL_USE_SSL": ssl, "EMAIL_USE_TLS": tls,
    }  # fmt: skip


@pytest.mark.parametrize("url", ["", "mail.example:25", "http://mail.example", "smtp://"])
def test_without_a_server_no_mail(url):
    assert settings_of(url) == {"MAIL_ON": False}


@pytest.mark.parametrize(
    ("url", "on", "site", "found"),
    [
        ("", False, "http://localhost:8000", []),
        ("mail.example", False, "https://guanxiao.example", ["people.E005"]),
        ("smtp://mail.example", True, "http://localhost:8000", ["people.W001"]),
        ("smtp://mail.example", True, "https://guanxiao.example", []),
    ],
)
def test_a_check_says_what_would_fail_silently(settings, url, on, site, found):
    settings.EMAIL_URL, settings.MAIL_ON, settings.SITE_URL = url, on, site
    assert [fault.id for fault in mail_can_leave(None)] == found
