"""The ground that the other tests stand on does what it says."""

import datetime as dt
import importlib.util
import socket

import pytest
from django.db import connection
from django.template import Context, Template

from portal.lib import clock as portal_clock


def test_psycopg_3_is_absent():
    assert importlib.util.find_spec("psycopg") is None


def test_clock_stands_still_and_walks(clock):
    clock.to(dt.datetime(2026, 11, 3, 8, 0, tzinfo=dt.UTC))
    assert portal_clock.now() == dt.datetime(2026, 11, 3, 8, 0, tzinfo=dt.UTC)
    clock.forward(days=1, hours=9)
    assert portal_clock.now() == dt.datetime(2026, 11, 4, 17, 0, tzinfo=dt.UTC)
    assert portal_clock.today() == dt.date(2026, 11, 5)


def test_a_name_nobody_passed_fails_the_page():
    with pytest.raises(AssertionError, match="nobody_passed_this"):
        Template("{% if nobody_passed_this %}x{% endif %}").render(Context({}))


def test_no_test_reaches_another_host():
    with socket.socket() as client, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


@pytest.mark.django_db
def test_the_database_is_a_copy_of_the_migrated_template():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'guanxiao_template_%%'")
        assert cursor.fetchone()[0] >= 1
