"""The roll on a phone: quick, by thumb or keyboard, nothing lost when the page dies or the network goes."""

import datetime as dt
import json
import re
import time

import pytest

from activities import rollcall
from activities.models import Booking
from tests.browsing import PHONE
from tests.factories.rolls import a_roll

CELL = "[data-pupil='{}'] button"


@pytest.fixture
def roll(live, clock):
    return a_roll(clock, pupils=45)


@pytest.fixture
def phone(roll, window, sign_in):
    """The leader's phone on the page of the roll."""
    phone = window(width=PHONE, language="zh")
    phone.enter(sign_in(roll.town.teacher))
    phone.goto(f"/bookings/{roll.booking.pk}/roll/")
    return phone


def cell(page, roll, position):
    return page.locator(CELL.format(roll.entries[position].pk))


def figures(page):
    """{"present": 45, …} as the tally says it."""
    found = page.locator(".roll-tally [data-count]").evaluate_all(
        "all => all.map(one => [one.dataset.count, Number(one.textContent)])"
    )
    return {name: count for name, count in found if count}


def kept(page):
    return page.evaluate("JSON.stringify(localStorage)")


def page_time(page):
    """The phone's own clock, which knows nothing of the portal's."""
    return dt.datetime.fromtimestamp(page.evaluate("Date.now()") / 1000, tz=dt.UTC)


def sent(roll):
    return list(roll.booking.roll.order_by("pk").values_list("mark", flat=True))


def send(page):
    page.locator("[data-ask]").tap()
    page.locator("dialog[open] button[value=send]").tap()


def test_forty_five_pupils_are_called_in_under_thirty_seconds(roll, phone):
    page, start = phone.page, time.monotonic()
    page.locator("[data-all-present]").tap()
    cell(page, roll, 7).tap()
    cell(page, roll, 23).tap()
    cell(page, roll, 23).tap()
    cell(page, roll, 30).tap()
    page.locator("[data-roll-choices] [data-set=leave]").tap()
    assert figures(page) == {"present": 42, "absent": 1, "late": 1, "leave": 1}
    send(page)
    page.wait_for_url("**/roll/result/")
    assert time.monotonic() - start < 30
    marks = sent(roll)
    assert (marks[7], marks[23], marks[30], marks.count("present")) == ("absent", "late", "leave", 42)


def test_a_tap_cycles_present_absent_late(roll, phone):
    page = phone.page
    states = []
    for _tap in range(4):
        cell(page, roll, 0).tap()
        states.append(page.locator("[data-pupil]").first.get_attribute("data-mark"))
    assert states == ["present", "absent", "late", "present"]


def test_cells_are_large_and_say_their_state_in_words(roll, phone):
    page = phone.page
    cell(page, roll, 0).tap()
    cell(page, roll, 0).tap()
    boxes = page.locator(".roll-cell").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    assert len(boxes) == 45
    assert min(box["width"] for box in boxes) >= 64
    assert min(box["height"] for box in boxes) >= 51
    label = cell(page, roll, 0).get_attribute("aria-label")
    assert re.search(r"缺席|Absent", label)
    assert re.search(r"缺席|Absent", cell(page, roll, 0).inner_text())


def test_a_killed_page_loses_nothing_and_keeps_no_name(roll, phone):
    page = phone.page
    page.locator("[data-all-present]").tap()
    cell(page, roll, 3).tap()
    names = page.locator(".roll-name").all_inner_texts()
    stored = kept(page)
    assert not [name for name in names if name in stored]
    assert sent(roll) == [None] * 45

    page.close()
    phone.page = page = phone.context.new_page()
    phone.goto(f"/bookings/{roll.booking.pk}/roll/")
    assert figures(page) == {"present": 44, "absent": 1}
    send(page)
    page.wait_for_url("**/roll/result/")
    assert sent(roll)[3] == "absent"
    assert "roll:" not in kept(page)


def test_without_a_network_it_waits_and_is_sent_once(roll, phone, clock):
    page, posts = phone.page, []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.locator("[data-all-present]").tap()
    phone.context.set_offline(True)
    page.locator("[data-roll-strip]").wait_for(state="visible")
    send(page)
    page.locator("[data-roll-strip]").wait_for(state="visible")
    page.wait_for_timeout(300)
    assert sent(roll) == [None] * 45
    clock.forward(minutes=40)
    posts.clear()
    phone.context.set_offline(False)
    page.wait_for_url("**/roll/result/")
    booking = Booking.objects.get(pk=roll.booking.pk)
    assert (booking.state, sent(roll), len(posts)) == ("attended", ["present"] * 45, 1)
    acted = page_time(page) - booking.roll.first().marked_at  # the act, by the phone's clock, apart from its arrival
    assert 0 <= acted.total_seconds() < 60
    assert booking.called_at == clock.now()


def test_sent_but_the_answer_lost_is_one_roll(roll, phone):
    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page = phone.page
    page.locator("[data-all-present]").tap()
    page.route("**/roll/", lose_the_answer)
    with page.expect_event("requestfailed"):
        send(page)
    called_at = Booking.objects.get(pk=roll.booking.pk).called_at
    assert called_at is not None
    page.unroute("**/roll/")
    phone.goto(f"/bookings/{roll.booking.pk}/roll/")
    page.wait_for_url("**/roll/result/")
    assert Booking.objects.get(pk=roll.booking.pk).called_at == called_at
    assert "roll:" not in kept(page)


def test_marks_left_behind_by_a_roll_sent_elsewhere_are_not_thrown_away(roll, phone):
    page = phone.page
    page.locator("[data-all-present]").tap()
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking, "absent"), by=roll.coordinator)
    phone.goto(f"/bookings/{roll.booking.pk}/roll/")
    left = page.locator("[data-roll-sent]")
    left.wait_for(state="visible")
    assert "roll:" in kept(page)
    left.locator("button").tap()
    assert "roll:" not in kept(page)
    assert sent(roll) == ["absent"] * 45


def test_drafts_older_than_a_week_are_dropped(roll, phone):
    page = phone.page
    cell(page, roll, 0).tap()
    page.evaluate(
        """() => { for (const key of Object.keys(localStorage)) {
            const draft = JSON.parse(localStorage.getItem(key));
            draft.at -= 8 * 24 * 3600 * 1000;
            localStorage.setItem(key, JSON.stringify(draft)); } }"""
    )
    page.reload()
    assert figures(page) == {"": 45}
    assert json.loads(kept(page)) == {}


def test_another_user_of_the_phone_finds_nothing(roll, phone, sign_in):
    cell(phone.page, roll, 0).tap()
    phone.enter(sign_in(roll.town.coordinator))
    phone.goto(f"/bookings/{roll.booking.pk}/roll/")
    assert figures(phone.page) == {"": 45}


def test_signed_out_in_between_keeps_the_marks_and_sends_them_after_signing_in(roll, phone, sign_in):
    page = phone.page
    page.locator("[data-all-present]").tap()
    phone.context.clear_cookies()
    send_and_wait = page.locator("[data-roll-alert]")
    with phone.expecting(403):
        send(page)
        send_and_wait.wait_for(state="visible")
    assert sent(roll) == [None] * 45
    phone.enter(sign_in(roll.town.teacher))
    send_and_wait.locator("a").tap()
    page.wait_for_url("**/roll/result/")
    assert sent(roll) == ["present"] * 45


def test_the_roll_is_called_by_keyboard_alone(roll, phone):
    page = phone.page
    page.locator("[data-all-present]").focus()
    page.keyboard.press("Enter")
    cell(page, roll, 1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+F10")
    menu = page.locator("[data-roll-choices]")
    page.locator("[data-roll-choices] [data-set=left_early]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[data-pupil]').dataset.pupil") == str(roll.entries[2].pk)
    menu.locator("[data-close]").focus()
    page.keyboard.press("Enter")
    assert not menu.is_visible()
    page.locator("[data-ask]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/roll/result/")
    assert sent(roll)[:4] == ["present", "absent", "left_early", "present"]


def test_holding_a_name_opens_the_choices_without_marking(roll, phone):
    page = phone.page
    first = cell(page, roll, 0)
    first.dispatch_event("pointerdown")
    page.locator("[data-roll-choices]").wait_for(state="visible")
    first.dispatch_event("pointerup")
    first.dispatch_event("click")
    assert figures(page) == {"": 45}


def test_the_page_is_accessible_and_holds_at_320(roll, phone, window, sign_in):
    page = phone.page
    page.locator("[data-all-present]").tap()
    cell(page, roll, 0).tap()
    assert phone.axe() == []
    small = window(width=320, language="en")
    small.enter(sign_in(roll.town.teacher))
    small.goto(f"/bookings/{roll.booking.pk}/roll/")
    assert small.overflow() == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_other_pages_of_a_roll_are_accessible_and_hold_at_320(roll, window, sign_in, language):
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    base = f"/bookings/{roll.booking.pk}/roll/"
    small = window(width=320, language=language)
    for who, paths in (
        (roll.town.teacher, ["/rolls/", base + "result/", base + "correct/", base + "add/"]),
        (roll.town.coordinator, [f"{base}add/?class={roll.town.class_b.pk}"]),
        (roll.town.staff, ["/desk/doors/", base + "result/"]),
    ):
        small.enter(sign_in(who))
        for path in paths:
            assert small.goto(path).status == 200
            assert (path, small.axe(), small.overflow()) == (path, [], 0)
