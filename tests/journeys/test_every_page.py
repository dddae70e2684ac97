"""Every page that a link leads to, each in its richest state, on a phone and with big letters.

The pages are found by walking the seeded demo as each role: a new page that some page links to is looked at by itself.
"""

import fcntl
import json
from dataclasses import asdict, dataclass
from itertools import pairwise

import pytest

from house import crawl
from house.shots import route_of
from house.visitor import ROLES, Visitor
from tests.browsing import DESK, PHONE, Window

SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/no-such-page/")
BIGGER = "size => { document.documentElement.style.fontSize = size }"
UNFOLD = "document.querySelectorAll('main details').forEach(each => { each.open = true })"
# the walk has gone wrong where it misses one of these
KNOWN = {
    "activities:booking-desk", "activities:booking-list", "activities:booking-page", "activities:booking-request",
    "activities:programme-list", "activities:programme-page", "activities:roll-call", "activities:roll-list",
    "activities:roll-result", "activities:series-list", "activities:series-page", "activities:session-list",
    "activities:session-page", "credits:class-credits", "credits:entry-list", "credits:rule-list",
    "credits:school-credits", "credits:student-sheet", "partnerships:agreement-list", "partnerships:agreement-page",
    "partnerships:class-list", "partnerships:class-page", "partnerships:rules-edit", "partnerships:school-list",
    "partnerships:school-page", "partnerships:term-list", "partnerships:term-page", "partnerships:venue-list",
    "partnerships:venue-page", "people:member-list", "people:notice-list", "people:profile-page",
    "people:threshold-list", "people:threshold-page", "people:trail-list", "portal:import-list",
    "portal:report-live",
}  # fmt: skip
BUSIEST = (
    "portal:home@coordinator", "portal:home@teacher", "activities:session-list", "activities:booking-request",
    "activities:booking-page", "activities:booking-desk", "activities:roll-call", "partnerships:agreement-page",
    "credits:class-credits", "portal:report-live",
)  # fmt: skip


PARTS = 4  # of the pages, so that every process looks at some
MOST = 2  # pages of a kind that one role opens: of several, the longer one


@dataclass(frozen=True)
class Sight:
    role: str
    path: str
    length: int


def richest(address: str) -> dict[str, Sight]:
    """route → its longest page of all roles; everybody's home is a page of its own, `portal:home@role`."""
    found: dict[str, Sight] = {}
    for role in ROLES:
        visitor = Visitor(address, role)
        assert visitor.enter(), f"no demo card for {role}"
        for page in crawl.walk(visitor.read, route_of, most=MOST):
            name = f"{page.route}@{role}" if page.path == "/" else page.route
            if name not in found or found[name].length < len(page.html):
                found[name] = Sight(role, page.path, len(page.html))
    return found


def look(window: Window, path: str) -> list[str]:
    """What is wrong with one page, unfolded: for axe, at 320 px, with letters twice as big."""
    window.goto(path)
    window.page.evaluate(UNFOLD)
    wrong = window.axe()
    for width, size in ((320, ""), (PHONE, "200%"), (DESK, "200%")):
        window.page.set_viewport_size({"width": width, "height": 844})
        window.page.evaluate(BIGGER, size)
        if window.overflow() > 0:
            wrong.append(f"{window.overflow()} px too wide at {width} px {size}")
    window.page.set_viewport_size({"width": PHONE, "height": 844})
    return wrong


def look_at(sights: dict[str, Sight], address: str, open_window, language: str) -> dict[str, list[str]]:
    """What is wrong, by page; nothing where all is well."""
    wrong = {}
    for role in ROLES:
        mine = {name: sight for name, sight in sights.items() if sight.role == role}
        if not mine:
            continue
        window = open_window(address, language=language)
        window.enter_by_card(role)
        for name, sight in mine.items():
            wrong[f"{name} {sight.path} as {role} in {language}"] = look(window, sight.path)
    return {name: lines for name, lines in wrong.items() if lines}


@pytest.fixture(scope="session")
def sights(demo, tmp_path_factory, worker_id) -> dict[str, Sight]:
    """What the walk finds; one process walks, the others read what it found."""
    own = tmp_path_factory.getbasetemp()
    known = (own if worker_id == "master" else own.parent) / "sights.json"
    with known.with_suffix(".lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not known.exists():
            known.write_text(json.dumps({name: asdict(sight) for name, sight in richest(demo).items()}))
        return {name: Sight(**sight) for name, sight in json.loads(known.read_text()).items()}


def test_the_walk_misses_no_page_that_is_known(sights):
    assert {name.partition("@")[0] for name in sights} >= KNOWN


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_readable_by_everybody(demo, sights, open_window, part):
    mine = {name: sights[name] for name in sorted(sights)[part::PARTS]}
    wrong = look_at(mine, demo, open_window, "zh")
    wrong |= look_at({name: mine[name] for name in BUSIEST if name in mine}, demo, open_window, "en")
    assert wrong == {}


def test_pages_of_strangers_are_readable_by_everybody(demo, open_window):
    stranger = open_window(demo)
    with stranger.expecting(404):
        assert {path: lines for path in SIGNED_OUT if (lines := look(stranger, path))} == {}


def test_masthead_leaves_room_for_the_reader_in_english(demo, open_window):
    for role in ROLES:
        desk = open_window(demo, width=DESK, language="en")
        desk.enter_by_card(role)
        boxes = [
            box
            for part in desk.page.locator(
                ".masthead__brand, .masthead__sections > ul > li, .bell, .menu--account"
            ).all()
            if (box := part.bounding_box())
        ]
        assert len(boxes) >= 3
        gaps = [after["x"] - before["x"] - before["width"] for before, after in pairwise(boxes)]
        assert (role, [gap for gap in gaps if gap < 0]) == (role, [])
        assert desk.overflow() == 0
