"""From hours to pay in a browser: claimed, confirmed, objected to, answered; settled by two people, exported, locked."""

import io

import openpyxl
import pytest

from activities.models import ServiceRecord, Settlement
from tests.browsing import DESK, PHONE
from tests.factories import activities
from tests.factories import hours as make
from tests.factories.counselors import hat_of


@pytest.fixture
def lesson(live, clock):
    return make.a_given()


def sound(window) -> None:
    """The page holds on its width and reads with axe."""
    assert (window.overflow(), window.axe()) == (0, [])


def send(window, address: str) -> None:
    """Press the one button of the form on the page, and arrive."""
    press = window.page.locator("main .form__actions button")
    press.click()
    window.page.wait_for_url(address)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hours_are_agreed_on_and_paid(lesson, window, sign_in, clock, language):
    phone, desk = window(width=PHONE, language=language), window(width=DESK, language=language)
    person, lead = hat_of(lesson.counselor), lesson.lead
    first, second = (officer.membership for officer in make.officers(lesson.district))
    enter = f"/assignments/{lesson.assignment.pk}/hours/"

    phone.enter(sign_in(person))
    phone.goto("/hours/")
    sound(phone)
    phone.page.locator(f"a[href='{enter}']").tap()
    phone.page.locator("input[name=kind][value=paid]").check()
    sound(phone)
    send(phone, "**/hours/*/")
    record = ServiceRecord.objects.get()
    assert (record.state, record.paid_minutes) == ("claimed", 80)

    desk.enter(sign_in(lead))
    desk.goto("/")
    desk.page.locator(f"a[href='{enter}']").first.click()
    desk.page.locator("input[name=minutes]").fill("40")
    send(desk, "**/hours/*/")

    phone.goto(f"/hours/{record.pk}/")
    phone.page.locator(f"a[href='/hours/{record.pk}/object/']").tap()
    phone.page.locator("textarea[name=reason]").fill("实际讲了两课时。")
    sound(phone)
    send(phone, f"**/hours/{record.pk}/")
    desk.goto("/")
    desk.page.locator(f"a[href='/hours/{record.pk}/answer/']").first.click()
    desk.page.locator("input[name=minutes]").fill("80")
    desk.page.locator("textarea[name=reason]").fill("核对签到后更正。")
    send(desk, f"**/hours/{record.pk}/")
    record.refresh_from_db()
    assert (record.state, record.paid_minutes) == ("confirmed", 80)

    make.ripe(clock, record)
    desk.enter(sign_in(first))
    desk.goto("/rates/")
    desk.page.locator("select[name=kind]").select_option("scientist")
    desk.page.locator("select[name=locality]").select_option("urban")
    desk.page.locator("input[name=starts_on]").fill("2026-09-01")
    desk.page.locator("input[name=yuan]").fill("60")
    desk.page.locator("input[name=reason]").fill("示例文件〔2026〕1号")
    desk.page.locator("main .form__actions button").click()
    desk.page.locator("table").wait_for()
    sound(desk)
    desk.goto("/settlements/")
    desk.page.locator("form[action='/settlements/open/'] button").click()
    desk.page.wait_for_url("**/settlements/*/")
    batch = Settlement.objects.get()
    sound(desk)
    desk.page.locator("form[action$='/submit/'] button").click()
    desk.page.wait_for_load_state()

    desk.enter(sign_in(second))
    desk.goto("/")
    desk.page.locator(f"a[href='/settlements/{batch.pk}/']").first.click()
    agree(desk, "approve")
    with desk.page.expect_download() as coming:
        desk.page.locator("form[action$='/export/'] button").click()
    with open(coming.value.path(), "rb") as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    assert sheet.cell(row=6, column=8).value == 120
    desk.goto(f"/settlements/{batch.pk}/")
    agree(desk, "lock")
    batch.refresh_from_db()
    assert batch.state == "locked"
    sound(desk)

    phone.enter(sign_in(person))
    phone.goto("/hours/")
    assert "120" in phone.page.locator(".stats").inner_text()
    sound(phone)
    with phone.page.expect_download() as coming:
        phone.page.locator("a[href^='/hours/certificate/']").click()
    with open(coming.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"


def agree(window, move: str) -> None:
    """Open the one question on the page and answer it with yes."""
    window.page.locator("details[data-confirm] summary").click()
    window.page.locator(f"form[action$='/{move}/'] button[type=submit]").click()
    window.page.wait_for_load_state()


def test_a_teacher_signs_up_for_a_training_on_the_phone(live, window, sign_in, clock):
    town = activities.a_town()
    session = activities.a_training(town.venue)
    phone = window(width=PHONE)
    phone.enter(sign_in(town.teacher))
    phone.goto("/training/")
    sound(phone)
    phone.page.locator(f"a[href='/sessions/{session.pk}/teachers/']").tap()
    phone.page.locator("input[name=teachers]").check()
    sound(phone)
    send(phone, f"**/sessions/{session.pk}/")
    session.refresh_from_db()
    assert session.taken == 1
