"""A mail server that listens, kinds of the tests' own, and the time of day: a Wednesday morning."""

import datetime as dt

import pytest

from people import notices
from people.roles import Role
from tests.factories.people import hat
from tests.lib.mailserver import MailServer

MORNING = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
EVENING = MORNING.replace(hour=21)


@pytest.fixture
def morning(clock):
    clock.to(MORNING)
    return clock


@pytest.fixture
def server(settings):
    """A mail server; the portal is set to use it."""
    with MailServer() as listening:
        for name, value in listening.settings().items():
            setattr(settings, name, value)
        yield listening


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of this test alone: `kinds("x", …)` declares one."""
    monkeypatch.setattr(notices, "KINDS", dict(notices.KINDS))
    monkeypatch.setattr(notices, "GROUPS", set(notices.GROUPS))

    def declare(code="test.plain", title="Hello %(thing)s", body="It is about %(thing)s.", **more):
        notices.declare(code, title, body, **more)
        notices.tell_groups(code)
        return code

    declare()
    return declare


@pytest.fixture
def reader(db):
    """A coordinator with an address."""
    who = hat(Role.COORDINATOR).user
    who.email = f"{who.username}@school.example"
    who.save()
    return who


@pytest.fixture
def tell(kinds):
    """Send one notice of a kind to somebody about `subject`."""

    def send(*to, kind="test.plain", subject="x:1", **more):
        return notices.send(kind, to=to, subject=subject, facts={"thing": "rain"}, path="/bookings/1/", **more)

    return send
