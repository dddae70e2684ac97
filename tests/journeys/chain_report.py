"""The end of the chain: credits, and the report of the term down to the roll."""

import csv
import io

from activities.models import Booking
from partnerships.models import Student, Term
from people.roles import Role
from tests.journeys.story import Story

VISITS = 11  # twelve pupils, one absent


def credits_appear(story: Story, booking: Booking) -> None:
    """The coordinator sees who earned and why one pupil did not, and opens a pupil's record sheet."""
    school = story.schools[0].organisation
    page = story.take(story.phone, Role.COORDINATOR, school, f"/bookings/{booking.pk}/roll/result/")
    page.locator(f"a[href='/bookings/{booking.pk}/credits/']").tap()
    page.locator(".stats").wait_for()
    assert page.locator(".stats .stat__value").all_inner_texts()[:2] == [str(VISITS), "1"]
    came = booking.roll.filter(mark="present").first()
    page.locator(f"a[href='/pupils/{came.student_id}/credits/']").tap()
    page.locator("article.record").wait_for()
    assert Student.objects.filter(pk=came.student_id).exists()


def the_report_is_opened(story: Story, booking: Booking) -> None:
    """From the header to the term, from a figure to the roll; then the sentence and the file."""
    page = story.take(story.desk, Role.BUREAU_OFFICER, story.bureau, "/")
    page.locator("header a[href='/reports/']").first.click()
    page.locator(f"a[href='/reports/terms/{Term.objects.get().pk}/']").click()
    page.wait_for_url("**/reports/terms/*/")
    assert str(VISITS) in _copied(page, "#sentence-visits")
    page.locator("#toasts .toast").first.wait_for()
    assert str(VISITS) in _copied(page, "#summary")
    figures = _csv(page)
    page.locator("a[href*='/reports/figures/visits-by-roster/']").first.click()
    page.locator("tbody tr").nth(VISITS - 1).wait_for()
    assert page.locator("tbody tr").count() == VISITS
    page.locator(f"tbody a[href='/bookings/{booking.pk}/roll/result/']").first.click()
    page.wait_for_url("**/roll/result/")
    assert page.locator("[data-figure=present] b").inner_text() == "10"
    # pupil visits, by roster, and distinct pupils
    assert [row[2] for row in figures if len(row) > 2].count(str(VISITS)) >= 3


def _copied(page, source: str) -> str:
    """Press the button beside a sentence; what is on the clipboard then is the sentence, to the letter."""
    said = " ".join(page.locator(source).text_content().split())
    page.locator(f"[data-copy='{source}']").click()
    for _look in range(50):
        if page.evaluate("navigator.clipboard.readText()") == said:
            return said
        page.wait_for_timeout(100)
    raise AssertionError(f"{said} is not on the clipboard")


def _csv(page) -> list[list[str]]:
    with page.expect_download() as coming:
        page.locator("a[href*='/reports/export.csv']").click()
    with open(coming.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(io.StringIO(file.read())))
