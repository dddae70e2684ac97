"""A term report from the wish for it to the paper: drafted by the worker, answered, published, opened to a roll, printed."""

import pytest
from django.utils import translation

from activities.models import THERE, RollEntry
from people.roles import Role
from portal.lib import documents
from portal.models import Report
from portal.reports import document, rendering
from portal.reports.frozen import Frozen
from tests import world as worlds
from tests.browsing import DESK, PHONE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_term_report_is_drafted_answered_published_opened_and_printed(live, window, sign_in, clock, language):
    world = worlds.build(clock)
    desk = window(width=DESK, language=language, accept_downloads=True)
    phone = window(width=PHONE, language=language)

    # the bureau asks for the reports of the term that runs; the worker drafts them
    desk.enter(sign_in(world.hat(Role.BUREAU_OFFICER)))
    page = desk.page
    desk.goto("/reports/")
    page.locator("a[href='/reports/all/']").first.click()
    page.wait_for_url("**/reports/all/")
    page.wait_for_load_state()
    page.locator("details[data-confirm] summary").first.click()
    page.locator("dialog[open] form[action$='/draft/'] button[type=submit]").click()
    page.locator("#toasts .toast").first.wait_for()
    report = Report.objects.with_names().get(district=world.districts["A"], organisation=None, kind="term")
    assert report.state == "to_check"
    assert report.done == report.whole > 20
    assert desk.axe() == []

    # the school reads its own on the phone and answers
    own = world.one("A1", "report")
    phone.enter(sign_in(world.hat(Role.SCHOOL_LEAD)))
    phone.goto("/")
    phone.page.locator(f"a[href='/reports/{own.pk}/']").first.tap()
    phone.page.wait_for_url(f"**/reports/{own.pk}/")
    assert phone.overflow() == 0
    assert phone.axe() == []
    phone.page.locator("input[value=remark]").check()
    phone.page.locator("textarea").fill("一场讲座只登记了人数。")
    phone.page.locator("form[action$='/answer/'] button").tap()
    phone.page.locator("text=一场讲座只登记了人数。").first.wait_for()
    assert Report.objects.get(pk=own.pk).state == "commented"

    # the days of the schools are over: the bureau publishes, after the question
    clock.forward(days=30)
    desk.context.clear_cookies()
    desk.enter(sign_in(world.hat(Role.BUREAU_OFFICER)))
    desk.goto(f"/reports/{report.pk}/")
    page.locator("details[data-confirm] summary.button--decisive").click()
    page.locator("dialog[open] form[action$='/publish/'] button[type=submit]").click()
    page.locator("#toasts .toast").first.wait_for()
    report = Report.objects.with_names().get(pk=report.pk)
    assert report.is_published
    assert desk.axe() == []

    # from a figure to its rows, from a row to the roll
    page.locator("a[href$='/figures/visits-by-roster/']").first.click()
    page.locator("tbody tr").first.wait_for()
    there = RollEntry.objects.filter(booking__district=report.district, mark__in=THERE)
    assert page.locator("tbody tr").count() == there.count()
    page.locator("tbody a").first.click()
    page.wait_for_url("**/roll/result/")

    # the paper: the PDF is the published one to the byte, and the page prints without what is only for the screen
    desk.goto(f"/reports/{report.pk}/")
    name = "zh-hans.pdf" if language == "zh" else "en.pdf"
    with page.expect_download() as coming:
        page.locator(f".page__actions a[href$='{name}']").click()
    kept = report.renderings.get(cut="full", name=name)
    assert document.check_code(coming.value.path().read_bytes()) == kept.sha256
    tongue = name.removesuffix(".pdf")
    with translation.override(tongue):
        printed = rendering.printed(Frozen.of(report.document))
    pictures = documents.pictures(rendering.TEMPLATE, printed, language=tongue)
    assert len(pictures) >= 2
    page.emulate_media(media="print")
    assert not page.locator(".page__actions").is_visible()
    assert page.locator("h1").is_visible()
    assert page.pdf().startswith(b"%PDF")
