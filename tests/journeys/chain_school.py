"""Second half of the chain, on a phone of 390 pixels: class lists, a visit, a club, the roll."""

import re

from activities.models import Booking, Programme, Series, Session
from partnerships.models import ActivityGroup, SchoolClass, Student
from people.roles import Role
from tests.journeys.story import CLUB_FROM, CLUB_UNTIL, DATA, Story, fill, press, send, told


def class_lists_are_pasted(story: Story) -> None:
    """The coordinator pastes rows with their heading, answers the question about names, and founds a club."""
    school = story.schools[0].organisation
    page = story.take(story.phone, Role.COORDINATOR, school, "/imports/new/roster/")
    page.locator("#id_text").fill((DATA / "roster.txt").read_text())
    page.locator("form", has=page.locator("#id_text")).locator("button").last.click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    page.locator("#questions input[name='answer-consent'][value='yes']").check()
    page.locator("#questions button").click()
    assert Student.objects.count() == 0
    press(page, "/write/")
    page.wait_for_url("**/imports/runs/**")
    assert (SchoolClass.objects.count(), Student.objects.count()) == (2, 12)

    page.locator("main a[href='/classes/']").first.click()
    page.locator("main a[href='/groups/new/']").first.click()
    fill(page, name="机器人社团", starts_on="2026-09-07", last_day="2027-01-20")
    send(page)
    group = ActivityGroup.objects.get()
    for school_class in SchoolClass.objects.order_by("number"):
        page.locator(f"a[href='/groups/{group.pk}/join/{school_class.pk}/']").click()
        for n in range(4):
            page.locator("input[name='pupil']").nth(n).check()
        send(page)
        assert told(page)
    assert group.members.count() == 8


def two_classes_are_booked(story: Story, session: Session) -> Booking:
    """Two classes choose themselves in the catalogue and go to the museum together."""
    school, teacher = story.schools[0].organisation, _teacher(story)
    page = story.take(story.phone, Role.COORDINATOR, school, "/sessions/")
    for school_class in SchoolClass.objects.all():
        page.locator(f".tile:has(input[name='classes'][value='{school_class.pk}'])").tap()
    page.locator("[data-done]").tap()
    book = page.locator(f".offer a[href^='/sessions/{session.pk}/book/']")
    book.wait_for()
    assert story.phone.overflow() == 0
    book.tap()
    page.locator("#slip dl.facts").wait_for()
    fill(page, adults="2", leader=teacher.pk, phone="13800000000")
    assert story.phone.overflow() == 0
    page.locator(".phone-action button").tap()
    page.wait_for_url(re.compile(r"/bookings/\d+/$"))
    assert told(page)
    booking = Booking.objects.get()
    assert (booking.state, booking.pupils, booking.agreement is None) == ("confirmed", 12, False)
    return booking


def a_club_is_booked(story: Story) -> Series:
    """The museum's engineers come every Tuesday after school; one date is left out."""
    school, teacher = story.schools[0].organisation, _teacher(story)
    page = story.take(story.phone, Role.COORDINATOR, school, "/series/")
    page.locator("main a[href='/series/new/']").first.tap()
    fill(
        page,
        programme=Programme.objects.get(form="club").pk,
        group=ActivityGroup.objects.get().pk,
        weekdays=[2],
        starts_on=CLUB_FROM,
        last_day=CLUB_UNTIL,
        starts="16:40",
        ends="17:30",
        leader=teacher.pk,
        adults="1",
    )
    send(page)
    page.locator("input[name='keep']").first.wait_for()
    assert Booking.objects.count() == 1
    dates = page.locator("input[name='keep']").count()
    page.locator("input[name='keep']").last.uncheck()
    assert story.phone.overflow() == 0
    send(page)
    page.wait_for_url(re.compile(r"/series/\d+/(#|$)"))
    assert told(page)
    series = Series.objects.get(school__isnull=False)
    assert series.sessions.count() == dates - 1
    assert {booking.state for booking in Booking.objects.filter(session__series=series)} == {"confirmed"}
    return series


def the_roll_is_called(story: Story, booking: Booking) -> None:
    """On the day the teacher calls the roll; the page dies in the middle and nothing is lost."""
    school = story.schools[0].organisation
    page = story.take(story.phone, Role.TEACHER, school, "/rolls/")
    page.locator(f"main a[href='/bookings/{booking.pk}/roll/']").first.tap()
    page.wait_for_url("**/roll/")
    page.locator("[data-all-present]").tap()
    cells = page.locator("[data-pupil] button")
    cells.nth(3).tap()
    cells.nth(8).tap()
    cells.nth(8).tap()
    assert _tally(page) == {"present": 10, "absent": 1, "late": 1}
    page.close()
    story.phone.page = page = story.phone.context.new_page()
    assert set(booking.roll.values_list("mark", flat=True)) == {None}
    story.phone.goto(f"/bookings/{booking.pk}/roll/")
    assert _tally(page) == {"present": 10, "absent": 1, "late": 1}
    page.locator("[data-all-sheets]").check()
    assert story.phone.overflow() == 0
    page.locator("[data-ask]").tap()
    page.locator("dialog[open] button[value=send]").tap()
    page.wait_for_url("**/roll/result/")
    booking.refresh_from_db()
    marks = list(booking.roll.values_list("mark", flat=True))
    assert (booking.state, marks.count("present"), marks.count("absent"), marks.count("late")) == ("attended", 10, 1, 1)


def _tally(page) -> dict[str, int]:
    found = page.locator(".roll-tally [data-count]").evaluate_all(
        "all => all.map(one => [one.dataset.count, Number(one.textContent)])"
    )
    return {name: count for name, count in found if count}


def _teacher(story: Story):
    return story.hat(Role.TEACHER, story.schools[0].organisation)
