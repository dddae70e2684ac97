"""点单 in a real browser, once in each language: a club is asked for, offered another weekday, and booked for a term.

The school does its part on a narrow phone with larger letters; afterwards one date is moved and families read the page.
"""

import datetime as dt

import pytest

from activities.models import Booking, Request, Session
from people.roles import Role
from tests.browsing import DESK
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.activities import a_programme
from tests.journeys.story import MONDAY, at, fill

NARROW = 360
LETTERS = "document.documentElement.style.fontSize = '130%'"
TUESDAY, THURSDAY = MONDAY + dt.timedelta(days=8), MONDAY + dt.timedelta(days=10)
LAST = MONDAY + dt.timedelta(days=38)


@pytest.fixture
def sides(live, clock):
    clock.to(at(MONDAY, 9))
    district = make.a_district(name_zh="光明区", name_en="Guangming")
    make.a_term(district, starts_on=MONDAY.replace(day=1), weeks=20)
    school, venue = make.a_school(district), make.a_venue(listed_in=[district])
    make.an_agreement(venue, [school])
    pupils = [make.a_student(school, make.a_class(school, grade=5, number=n)) for n in (1, 2)]
    return {
        "school": school,
        "group": make.a_group(school, pupils, name="阳台农场社团"),
        "programme": a_programme(venue, direction="bring_in", form="club", minutes=50, confirmation="manual"),
        "coordinator": people.hat(Role.COORDINATOR, at=school.organisation),
        "staff": people.hat(Role.VENUE_STAFF, at=venue.organisation),
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_club_is_booked_for_a_term(sides, window, sign_in, language):
    phone, desk = window(width=NARROW, language=language), window(width=DESK, language=language)
    phone.context.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {LETTERS} }})")

    phone.enter(sign_in(sides["coordinator"]))
    phone.goto(f"/programmes/{sides['programme'].pk}/")
    follow(phone, "/request/")
    fill(
        phone.page, by="group", activity_group=sides["group"].pk, day_1=TUESDAY, starts_1="16:40", weekly=True,
        last_day=LAST, adults=1, room="科学教室",
    )  # fmt: skip
    assert (phone.overflow(), phone.axe()) == (0, [])
    press(phone, "/request/")
    asked = Request.objects.get()
    assert (asked.state, Session.objects.count()) == ("asked", 0)

    desk.enter(sign_in(sides["staff"]))
    desk.goto("/")
    follow(desk, f"/requests/{asked.pk}/")
    follow(desk, "/propose/")
    fill(desk.page, day_1=THURSDAY, starts_1="16:40")
    press(desk, "/propose/")

    phone.goto(f"/requests/{asked.pk}/")
    assert (phone.overflow(), phone.axe()) == (0, [])
    press(phone, "/accept/")
    asked.refresh_from_db()
    days = [session.day for session in asked.series.sessions.order_by("starts_at")]
    assert (days[0], {day.isoweekday() for day in days if day.month == 9}) == (THURSDAY, {4})
    assert set(Booking.objects.values_list("state", "pupils", "session__series")) == {("confirmed", 2, asked.series_id)}

    follow(phone, f"/series/{asked.series_id}/")
    follow(phone, f"/dates/{asked.series.sessions.order_by('starts_at')[0].pk}/")
    fill(phone.page, day=THURSDAY + dt.timedelta(days=1))
    press(phone, "/dates/" + phone.page.url.rsplit("/", 2)[-2] + "/")
    assert phone.overflow() == 0
    assert Session.objects.order_by("starts_at")[0].day == THURSDAY + dt.timedelta(days=1)

    families = window(width=NARROW, language=language)
    families.goto(f"/schools/{sides['school'].pk}/after-school/")
    families.page.get_by_text("阳台农场社团").first.wait_for()
    assert (families.overflow(), families.axe()) == (0, [])


def follow(window, address):
    """Follow the first link to an address that ends so, and wait for its page."""
    with window.page.expect_navigation():
        window.page.locator(f"main a[href$='{address}']").first.click()


def press(window, action):
    """Send the form that posts to an address that ends so, and wait for the page behind it."""
    with window.page.expect_navigation():
        window.page.locator(f"main form[action$='{action}'] .form__actions button").first.click()
