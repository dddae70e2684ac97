"""What every test stands on: one migrated template, a clean cache, strict templates, a clock that walks, no network."""

import logging
import socket

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from portal.lib import clock as portal_clock
from tests.databases import ensure_template
from tests.walking import Walk


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Copy the template instead of running every migration in every process."""
    with django_db_blocker.unblock():
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = ensure_template()


@pytest.fixture(scope="session", autouse=True)
def flush_past_append_only():
    """Let the flush after a transactional test empty append-only tables; their triggers still refuse inside tests."""
    plain = DatabaseOperations.execute_sql_flush
    DatabaseOperations.execute_sql_flush = lambda self, sql: plain(
        self, ["SET LOCAL session_replication_role = replica", *sql]
    )
    yield
    DatabaseOperations.execute_sql_flush = plain


@pytest.fixture(autouse=True)
def empty_cache():
    """Rate limits and used codes live in the cache: one test's lock-out must not meet the next."""
    cache.clear()


@pytest.fixture
def clock():
    """The portal's clock, standing still; `clock.to(…)`, `clock.forward(days=1)` walk it. Stops where it stands now."""
    with Walk(portal_clock) as walk:
        yield walk


class MissingVariable(logging.Handler):
    """Turns "Exception while resolving variable" of a template of ours into a failure at the spot."""

    THEIRS = ("account/", "mfa/", "allauth/", "django/")

    def emit(self, record):
        if record.args and len(record.args) == 2 and not str(record.args[1]).startswith(self.THEIRS):
            raise AssertionError(record.getMessage())

    handle = emit  # past the level and lock of the handler: the error must leave at once


@pytest.fixture(autouse=True)
def strict_templates():
    """A name that a template asks for and nobody passed fails the page. `if` and `for` are caught too."""
    logger = logging.getLogger("django.template")
    level, propagate = logger.level, logger.propagate
    handler = MissingVariable(logging.DEBUG)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    logger.setLevel(level)
    logger.propagate = propagate


@pytest.fixture(scope="session", autouse=True)
def loopback_only():
    """No test leaves the machine: Unix sockets and loopback only."""
    plain = socket.socket.connect

    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}")
        return plain(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = plain


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


@pytest.fixture(autouse=True)
def own_language():
    """Every test begins in the house's language, whatever the reader of the last one spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
