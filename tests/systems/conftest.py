"""A listener at a loopback address, a connected system, and a test's own writing that counts as settled."""

import pytest

from tests.factories import people
from tests.factories.api import a_client
from tests.lib.servers import Listener


@pytest.fixture
def listener(settings):
    settings.OUTBOUND_LOOPBACK = True
    with Listener() as listener:
        yield listener


@pytest.fixture
def system():
    return a_client(people.district())


@pytest.fixture
def settled(monkeypatch):
    """Tests write in one transaction: let what it wrote itself count as settled."""
    monkeypatch.setattr("people.models.event.Horizon", lambda: 2**62)
