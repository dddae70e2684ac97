"""Every page of the demo, as the person it is for: nothing serious for axe, nothing wider than the screen, no error, no stranger.

The demo is the richest state there is: each route is looked at on its longest example.
"""

import pytest
from django.urls import Resolver404, resolve

from house import crawl
from house.visitor import ROLES, Visitor
from tests.browsing import DESK, PHONE

BUSIEST = (
    "portal:home", "activities:session-list", "activities:session-page", "activities:booking-list",
    "activities:booking-page", "activities:roll-list", "partnerships:agreement-list", "partnerships:agreement-page",
    "portal:report-live", "credits:entry-list",
)  # fmt: skip
NARROW = 320


def route_of(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


@pytest.fixture(scope="module")
def plan(demo) -> dict[str, dict[str, str]]:
    """role → route → path: each route with the first role that reaches it, everybody's home besides."""
    chosen: dict[str, dict[str, str]] = {}
    taken: set[str] = set()
    for role in ROLES:
        visitor = Visitor(demo, role)
        assert visitor.enter(), f"no demo card for {role}"
        longest: dict[str, tuple[int, str]] = {}
        for page in crawl.walk(visitor.read, route_of, most=2):
            longest[page.route] = max(longest.get(page.route, (0, "")), (len(page.html), page.path))
        mine = {route: path for route, (_n, path) in longest.items() if route not in taken or route == "portal:home"}
        taken |= set(mine)
        chosen[role] = mine
    return chosen


def enter(window, demo, role, language):
    visitor = Visitor(demo, role, language=language)
    assert visitor.enter()
    window.context.add_cookies(visitor.session)


def faults(window) -> list[str]:
    """What axe says, and what sticks out on a phone, on the narrowest screen and with letters of twice the size."""
    found = window.axe()
    if over := window.overflow():
        found.append(f"{PHONE} px: {over} px too wide")
    window.page.set_viewport_size({"width": NARROW, "height": 700})
    if over := window.overflow():
        found.append(f"{NARROW} px: {over} px too wide")
    window.page.set_viewport_size({"width": DESK, "height": 900})
    window.page.evaluate("document.documentElement.style.fontSize = '200%'")
    if over := window.overflow():
        found.append(f"200 % text: {over} px too wide")
    window.page.set_viewport_size({"width": PHONE, "height": 844})
    return found


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role_hold_on_a_phone_and_for_everybody(demo, plan, open_window, role):
    phone = open_window(demo, width=PHONE, language="zh")
    enter(phone, demo, role, "zh-CN")
    wrong = {}
    for path in plan[role].values():
        phone.goto(path)
        if found := faults(phone):
            wrong[path] = found
    assert wrong == {}


def test_busiest_pages_hold_in_english(demo, plan, open_window):
    wrong, seen = {}, set()
    for role, paths in plan.items():
        mine = [path for route, path in paths.items() if route in BUSIEST and route not in seen]
        seen |= set(paths)
        if mine:
            phone = open_window(demo, width=PHONE, language="en")
            enter(phone, demo, role, "en-GB")
            for path in mine:
                phone.goto(path)
                if found := faults(phone):
                    wrong[path] = found
    assert wrong == {}
    assert set(BUSIEST) <= seen


@pytest.mark.parametrize("path", ["/accounts/login/", "/no-such-page/", "/accounts/password/reset/"])
def test_doors_hold_before_anybody_has_signed_in(demo, open_window, path):
    phone = open_window(demo)
    with phone.expecting(404):
        phone.goto(path)
        assert faults(phone) == []
