"""Six classes go out as one outing, booked on a phone of 360 pixels with letters a third larger, once in each language."""

import datetime as dt
import re

import pytest

from activities import rollcall
from activities.models import Booking, Outing
from people.roles import Role
from tests.factories import activities as make
from tests.factories import partnerships
from tests.factories.people import actor
from tests.factories.rolls import name_pupils
from tests.journeys.story import MONDAY, Story, at, press

SMALL = 360
LARGER = "() => { document.documentElement.style.fontSize = '130%' }"
HUGE = "() => { document.documentElement.style.fontSize = '200%' }"
DAY = dt.date(2026, 9, 22)  # a Tuesday, a fortnight on
GATE = "校门口"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_grade_of_six_classes_goes_out_as_one_outing(live, window, sign_in, clock, language):
    clock.to(at(MONDAY, 9))
    district = partnerships.a_district(name_zh="光明区", name_en="Guangming")
    partnerships.a_term(district, starts_on=dt.date(2026, 8, 31), weeks=20)
    school, venue = partnerships.a_school(district), partnerships.a_venue(listed_in=[district])
    classes = [make.a_class(school, 4, number=n) for n in range(1, 7)]
    for one in classes:
        name_pupils(one)
    programme = make.a_programme(venue, minutes=90)
    sessions = [
        make.a_session(venue, programme=programme, starts_at=at(DAY, hour), capacity=10) for hour in (9, 11, 14)
    ]
    phone = window(width=SMALL, language=language)
    phone.page.add_init_script(f"addEventListener('DOMContentLoaded', {LARGER})")
    story = Story(district, phone, phone, sign_in)
    outing = the_coordinator_books(story, school, sessions)
    the_papers_are_handed_in(story, outing)
    the_lead_approves_and_the_bureau_files(story, school, outing)
    clock.to(at(DAY, 15, 45))
    the_teacher_calls_a_roll_and_reports_the_return(story, school, outing)
    everything_is_readable(story, school, outing)


def fits(story: Story) -> None:
    assert story.phone.overflow() == 0


def the_coordinator_books(story: Story, school, sessions) -> Outing:
    """From one session to the whole grade: two taps for the classes, one to book all of them."""
    story.hat(Role.TEACHER, school.organisation)
    page = story.take(story.phone, Role.COORDINATOR, school.organisation, f"/sessions/{sessions[0].pk}/book/")
    page.locator("main a[href$='/outing/']").tap()
    page.wait_for_url("**/outing/")
    page.locator("main .chip").tap()  # the one grade that has several classes
    page.locator("input[name='shown']").wait_for(state="attached")
    assert page.locator("#slip .spread").count() == 3
    assert page.locator("#slip .spread li").count() == 6
    teacher = story.hat(Role.TEACHER, school.organisation)
    for chosen in page.locator("#slip select").all():
        chosen.select_option(str(teacher.pk))
    fits(story)
    assert story.phone.axe() == []
    page.locator(".phone-action button").tap()
    page.wait_for_url(re.compile(r"/outings/\d+/$"))
    outing = Outing.objects.get()
    assert list(Booking.objects.filter(outing=outing, leader=teacher).values_list("pupils", flat=True)) == [4] * 6
    fits(story)
    return outing


def the_papers_are_handed_in(story: Story, outing: Outing) -> None:
    """How they travel, where they meet, every paper ticked with one tap, handed in with another."""
    page = story.phone.page
    page.locator(f"a[href='/outings/{outing.pk}/plan/']").tap()
    page.wait_for_url("**/plan/")
    page.locator("input[name='transport'][value='coach']").check()
    page.locator("#id_meeting_place").fill(GATE)
    page.locator("button[name='all']").tap()
    page.wait_for_function("document.querySelectorAll('input[name=papers]:checked').length === 7")
    fits(story)
    assert story.phone.axe() == []
    page.locator("button[name='submit']").tap()
    page.wait_for_url(re.compile(r"/outings/\d+/$"))
    outing.refresh_from_db()
    assert (outing.state, outing.transport, outing.meeting_place) == ("submitted", "coach", GATE)


def the_lead_approves_and_the_bureau_files(story: Story, school, outing: Outing) -> None:
    page = story.take(story.phone, Role.SCHOOL_LEAD, school.organisation, "/")
    page.locator(f"main a[href='/outings/{outing.pk}/']").first.tap()
    page.wait_for_url(re.compile(r"/outings/\d+/$"))
    press(page, "/approve/")
    page.locator("form[action$='/approve/']").wait_for(state="detached")
    page = story.take(story.phone, Role.BUREAU_OFFICER, story.bureau, f"/outings/{outing.pk}/")
    fits(story)
    press(page, "/file/")
    page.locator("form[action$='/file/']").wait_for(state="detached")
    outing.refresh_from_db()
    assert (outing.state, outing.is_cleared) == ("filed", True)


def the_teacher_calls_a_roll_and_reports_the_return(story: Story, school, outing: Outing) -> None:
    """The last of six rolls on the phone; from its result straight to the return report."""
    teacher = story.hat(Role.TEACHER, school.organisation)
    first, *others = outing.bookings.order_by("pk")
    for booking in others:
        rollcall.complete(booking, by=actor(teacher), marks=rollcall.everybody(booking))
    page = story.take(story.phone, Role.TEACHER, school.organisation, f"/bookings/{first.pk}/roll/")
    page.locator("[data-all-present]").tap()
    page.locator("[data-ask]").tap()
    page.locator("dialog[open] button[value=send]").tap()
    page.wait_for_url("**/roll/result/")
    page.locator(f"a[href='/outings/{outing.pk}/report/']").first.tap()
    page.wait_for_url("**/report/")
    assert page.locator("#id_out_heads").input_value() == "24"
    fits(story)
    page.locator("main form button[type='submit']").last.tap()
    page.wait_for_url(re.compile(r"/outings/\d+/$"))
    outing.refresh_from_db()
    assert (outing.out_heads, outing.back_heads) == (24, 24)


def everything_is_readable(story: Story, school, outing: Outing) -> None:
    """Each page and paper at 360 pixels with larger letters, and at 320 with letters twice as large."""
    page = story.take(story.phone, Role.COORDINATOR, school.organisation, "/outings/")
    booking = outing.bookings.order_by("pk").first()
    papers = [f"/outings/{outing.pk}/{name}" for name in ("", "papers/", "letter/", "slip/", "roster/", "staying/")]
    papers += [f"/bookings/{booking.pk}/{name}/" for name in ("receipt", "confirmation")]
    for path in ["/outings/?view=past", *papers]:
        assert story.phone.goto(path).status == 200
        assert (path, story.phone.overflow()) == (path, 0)
    page.set_viewport_size({"width": 320, "height": 700})
    for path in papers:
        story.phone.goto(path)
        page.evaluate(HUGE)
        assert (path, story.phone.overflow()) == (path, 0)
    assert story.phone.axe() == []
