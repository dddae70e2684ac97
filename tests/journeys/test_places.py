"""Places lost and regained, and a rainy day re-dated in one sitting: on a narrow phone with larger letters, twice."""

import datetime as dt
import re

import pytest

from activities import final_counts
from activities.models import Booking, WaitlistEntry
from partnerships import calendar
from partnerships.models import BookingRules
from people.roles import Role
from tests.factories import activities as make
from tests.factories import partnerships, people
from tests.journeys.story import MONDAY, at, fill, press

NARROW = 360
LETTERS = "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '130%' })"
VISIT = MONDAY + dt.timedelta(days=16)  # a Wednesday; the Sunday before is a school day


@pytest.fixture
def town(live, clock):
    """The town of the factories, in a district with a calendar."""
    clock.to(at(MONDAY, 9))
    town = make.a_town(pupils=0)
    partnerships.a_term(town.district, starts_on=MONDAY.replace(day=1), weeks=20)
    BookingRules.objects.create(venue=town.venue, starts_on=MONDAY, lead_days=1)
    return town


@pytest.fixture
def phone(window, sign_in, language, town):
    opened = window(width=NARROW, language=language)
    opened.context.add_init_script(LETTERS)
    opened.enter(sign_in(town.coordinator))
    return opened


def heads(town, session, pupils):
    """A class of so many pupils, booked by the verb."""
    each = make.a_class(town.school)
    group = make.groups.of_classes(town.school, [each], on=session.day, adults=3, heads={each.pk: pupils})
    return make.a_booking(town, session, group=group), each


def session_at(town, day, hour, capacity, **fields):
    return make.a_session(
        town.venue, starts_at=at(day, hour), ends_at=at(day, hour + 1), capacity=capacity, **fields
    )  # fmt: skip


def is_readable(phone):
    return (phone.overflow(), phone.axe()) == (0, [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_place_is_lost_and_regained_from_the_waiting_list(town, phone, clock):
    """Nobody gives the final head count: the places go to others, and come back when another group gives part back."""
    session = session_at(town, VISIT, 9, 60)
    ours, our_class = heads(town, session, 30)
    asked = calendar.school_day_before(town.district.pk, VISIT, 5)
    clock.to(at(asked, 9))
    final_counts.run()
    phone.goto("/")
    duty = phone.page.locator(f"main a[href='/bookings/{ours.pk}/heads/']")
    duty.first.wait_for()
    clock.to(at(calendar.school_day_after(town.district.pk, asked, 2), 17))
    final_counts.run()
    ours.refresh_from_db()
    assert ours.state == "cancelled"
    others, their_class = heads(town, session, 50)

    phone.goto(f"/sessions/{session.pk}/book/?by=classes&classes={our_class.pk}&heads_{our_class.pk}=30&adults=3")
    page = phone.page
    assert is_readable(phone)
    page.locator(".note button[name=wait]").tap()
    page.wait_for_url(re.compile(r"/waiting/\d+/$"))
    entry = WaitlistEntry.objects.get()
    assert (entry.state, is_readable(phone)) == ("waiting", True)

    phone.goto(f"/bookings/{others.pk}/heads/")
    fill(page, **{f"heads_{their_class.pk}": 28})
    assert is_readable(phone)
    page.locator("main .form__actions button").last.tap()
    page.wait_for_url(f"**/bookings/{others.pk}/")
    entry.refresh_from_db()
    assert entry.state == "offered"

    phone.goto("/")
    page.locator(f"main a[href='/waiting/{entry.pk}/']").first.tap()
    page.wait_for_url(f"**/waiting/{entry.pk}/")
    assert is_readable(phone)
    press(page, "/accept/")
    page.wait_for_url(re.compile(r"/bookings/\d+/$"))
    session.refresh_from_db()
    again = Booking.objects.latest("pk")
    assert (again.state, again.pupils, session.taken) == ("confirmed", 30, 58)
    assert set(again.classes.values_list("school_class", flat=True)) == {our_class.pk}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rain_cancels_twelve_bookings_and_ten_are_redated_in_one_sitting(town, phone, window, sign_in, clock, language):
    """The bureau calls the day off with three presses; the coordinator finds a new date for ten groups on one page."""
    programme = make.a_programme(town.venue, capacity=40)
    morning = session_at(town, VISIT, 9, 240, programme=programme)
    lost = [heads(town, morning, 20)[0] for _n in range(12)]
    for n in range(3):
        session_at(town, VISIT + dt.timedelta(days=7), 9 + 2 * n, 80, programme=programme)
    clock.to(at(VISIT - dt.timedelta(days=1), 16))

    desk = window(width=NARROW, language=language)
    desk.context.add_init_script(LETTERS)
    desk.enter(sign_in(people.hat(Role.BUREAU_OFFICER, at=town.bureau.organisation)))
    desk.goto("/days-off/new/")
    desk.page.locator(f"main .chips a[href*='{VISIT.isoformat()}'][href*='part=am']").tap()
    desk.page.locator("#found").wait_for()
    assert is_readable(desk)
    desk.page.locator("#found form button[value=cancel]").tap()
    desk.page.wait_for_url(re.compile(r"/days-off/\d+/$"))
    assert set(Booking.objects.values_list("state", flat=True)) == {"cancelled_no_fault"}

    page = phone.page
    phone.goto(desk.page.url.removeprefix(desk.address.rstrip("/")))
    sections = page.locator("main form section")
    assert (sections.count(), is_readable(phone)) == (12, True)
    for n, booking in enumerate(lost):
        choices = page.locator(f"input[name='to_{booking.pk}']")
        if n >= 10:
            choices.last.check(force=True)  # not now
        else:
            choices.nth(n % 3).check(force=True)
    page.locator("main .form__actions button").last.tap()
    page.locator(".toast, .note--red").first.wait_for()
    done = Booking.objects.filter(state="confirmed")
    assert (done.count(), sum(booking.pupils for booking in done)) == (10, 200)
    for booking in done:
        assert booking.session.taken <= booking.session.capacity
