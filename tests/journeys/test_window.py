"""The window itself: it sees what it is there to see."""

import threading

from portal.lib import clock as portal_clock

NOWHERE = "http://127.0.0.1:9"
BAD = """<!doctype html><html lang=en><title>x</title><main><h1>x</h1><p>x</p>
<img src='http://192.0.2.1/x.png' alt=''><script>console.error('loud'); throw new Error('broken')</script></main></html>"""
WIDE = """<!doctype html><html lang=en><title>x</title><main><h1>x</h1>
<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' width=700 height=9></main></html>"""


def test_window_sees_errors_and_strangers(open_window):
    phone = open_window(NOWHERE)
    phone.page.set_content(BAD)
    phone.page.wait_for_timeout(100)
    seen, phone.problems = phone.problems, []
    assert sorted(line.split(":")[0] for line in seen) == ["console error", "request to another host", "script error"]


def test_window_sees_what_axe_and_a_ruler_see(open_window):
    phone = open_window(NOWHERE, width=320)
    phone.page.set_content(WIDE)
    assert [line.split(":")[0] for line in phone.axe()] == ["image-alt"]
    assert phone.overflow() > 300


def test_window_sees_a_refused_page_unless_it_is_expected(live, window):
    phone = window()
    with phone.expecting(404):
        phone.goto("/no-such-page/")
    assert phone.problems == []
    phone.goto("/no-such-page/")
    seen, phone.problems = phone.problems, []
    assert seen == [f"404: {live}/no-such-page/"]


def test_clock_walks_for_the_pages_too(live, clock):
    clock.to(portal_clock.now().replace(year=2030))
    seen = []
    thread = threading.Thread(target=lambda: seen.append(portal_clock.now().year))
    thread.start()
    thread.join()
    assert seen == [2030]
