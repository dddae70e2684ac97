"""A page is used before its scripts have come: what somebody has opened stays open."""

from activities.models import Booking
from tests.browsing import PHONE
from tests.factories import activities as make


def test_a_question_opened_before_the_script_came_is_still_there_afterwards(live, window, sign_in, clock):
    town = make.a_town()
    booking = make.a_booking(town, make.a_session(town.venue), town.class_a)
    phone, held = window(width=PHONE, language="zh"), []
    phone.enter(sign_in(town.coordinator))
    phone.page.route("**/js/dialogs.js", lambda route: held.append(route))
    phone.page.goto(f"{live}/bookings/{booking.pk}/", wait_until="commit")
    answer = phone.page.locator(f"form[action='/bookings/{booking.pk}/cancel/'] button[type=submit]")
    phone.page.locator("details[data-confirm]", has=answer).locator("summary").tap()
    answer.wait_for()
    held[0].continue_()
    phone.page.locator("dialog[open]").wait_for()
    answer.tap()
    answer.wait_for(state="detached")
    booking.refresh_from_db()
    assert booking.state == Booking.State.CANCELLED
