"""Journeys in a real browser.

    def test_coordinator_books(live, window, sign_in, clock):
        phone = window(width=PHONE, language="zh")
        phone.enter(sign_in(hat(Role.COORDINATOR)))
        phone.goto("/sessions/")

`live` serves this test's own, empty database from this process: make its world with the factories or the pages; jobs run
at once; `clock` walks for the pages too. `demo` is a real web server over the seeded demo, shared by the whole run: read only.
"""

import os

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread

import pytest
from django.test import Client
from playwright.sync_api import sync_playwright

from house import browser
from house import demo as house_demo
from portal.celery import app
from portal.lib import clock as portal_clock
from tests.browsing import HEIGHTS, LANGUAGES, PHONE, Window
from tests.factories import people
from tests.walking import Walk


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/journeys" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """The one browser of this process."""
    path = browser.find()
    assert path, "no Chromium on this machine: select the other tests with -m 'not browser'"
    letters = browser.fonts(tmp_path_factory.mktemp("fonts"))
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=list(browser.FLAGS), env={**os.environ, **letters}
        )
        yield running
        running.close()


@pytest.fixture
def open_window(chromium):
    """Windows on any address, each with fresh storage; what went wrong in one fails the test at its end."""
    opened = []

    def make(address: str, *, width: int = PHONE, language: str = "zh", **options) -> Window:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale=LANGUAGES[language],
            timezone_id="Asia/Shanghai",
            has_touch=width <= PHONE,
            **options,
        )
        context.set_default_timeout(30_000)  # two cores may be busy with the other half of the tests
        opened.append(Window(context, address))
        return opened[-1]

    yield make
    problems = [problem for window in opened for problem in window.settle()]
    assert problems == []


@pytest.fixture
def live(transactional_db, live_server, clock, monkeypatch):
    """The address of this test's own portal. What the doorbell rings for is done before the page answers."""
    app.loader.import_default_modules()
    monkeypatch.setattr(app, "send_task", lambda task, args, **_rest: app.tasks[task].apply(args, throw=True))
    return live_server.url


@pytest.fixture
def window(live, open_window):
    """Windows on `live`: `window(width=DESK, language="en")`."""
    return lambda **options: open_window(live, **options)


@pytest.fixture
def sign_in():
    """The session key of somebody who has just signed in, in this hat: `phone.enter(sign_in(a_hat))`."""
    return lambda hat: people.login(Client(), hat).session.session_key


class Everywhere:
    """Stands in for the clock's context variable, which the server's threads would not see."""

    def __init__(self):
        self.instant = None

    def get(self):
        return self.instant

    def set(self, instant):
        before, self.instant = self.instant, instant
        return before

    def reset(self, before):
        self.instant = before


@pytest.fixture
def clock(monkeypatch):
    """The portal's clock for the test and for the pages it serves; it stands still until walked."""
    monkeypatch.setattr(portal_clock, "_walked", Everywhere())
    with Walk(portal_clock) as walk:
        yield walk


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The address of a real web server over a seeded demo: that of the whole run, or one of our own."""
    if shared := os.environ.get("DEMO_ADDRESS"):
        yield shared
        return
    with house_demo.served(tmp_path_factory.mktemp("demo")) as address:
        yield address
