"""The year's end in a browser: a class published, objected, final; a certificate issued, printed, verified, revoked, verified."""

import datetime as dt

import pytest
from django.db import transaction

from credits import publications
from credits.models import Certificate, Dispute, Entry, Publication
from partnerships.models import IdentityLook
from people import thresholds
from people.actors import SYSTEM
from tests.browsing import DESK, PHONE
from tests.factories import credits as make
from tests.factories.year import a_year

WORDS = {
    "zh": {"open": "公示中", "final": "已认定", "valid": "有效", "revoked": "已撤销", "upheld": "异议成立"},
    "en": {"open": "Open for objection", "final": "Final", "valid": "Valid", "revoked": "Revoked", "upheld": "Objection upheld"},
}  # fmt: skip


@pytest.fixture
def year(live, clock):
    with transaction.atomic():  # deferred triggers judge the whole world at once
        year = a_year(clock, codes=("EXP", "LEC", "FES", "TRN"))
        thresholds.set_value(
            year.world.district, "credits.certificate_first", 25, by=SYSTEM, starts_on=make.FIRST_DAY, reason="试点"
        )
    return year


def sound(window) -> None:
    """The page holds on its width and reads with axe."""
    assert (window.overflow(), window.axe()) == (0, [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_class_is_published_objected_to_and_final(year, window, sign_in, clock, language):
    words = WORDS[language]
    phone, desk = window(width=PHONE, language=language), window(width=DESK, language=language)
    phone.enter(sign_in(year.world.coordinator))
    phone.goto("/publications/")
    sound(phone)
    phone.page.locator(f"form[action='/classes/{year.world.school_class.pk}/publish/'] button").tap()
    phone.page.wait_for_url("**/publications/*/")
    publication = Publication.objects.get()
    assert words["open"] in phone.page.locator(".lead").inner_text()
    assert "陈＊诺" in phone.page.locator("table.published").inner_text()
    sound(phone)
    entry = Entry.objects.get(account=year.world.pupils[0].pk, rule__code="TRN")
    phone.goto(f"/entries/{entry.pk}/")
    sound(phone)
    phone.page.locator(f"a[href='/entries/{entry.pk}/object/']").tap()
    phone.page.locator("textarea[name=reason]").fill("孩子那天请假，没有参加。")
    phone.page.locator("main .form__actions button").tap()
    phone.page.wait_for_url("**/disputes/*/")

    desk.enter(sign_in(year.lead))
    desk.goto("/")
    desk.page.locator(f"a[href='/disputes/{Dispute.objects.get().pk}/']").first.click()
    desk.page.locator("textarea[name=answer]").fill("核对请假条后确认，学分已更正。")
    sound(desk)
    desk.page.locator("button[formaction$='/uphold/']").click()
    desk.page.wait_for_load_state()
    assert words["upheld"] in desk.page.locator("h1").inner_text()
    assert make.points(year.world.pupils[0]) == [1000, 500, 500, 2000, -2000]

    clock.to(dt.datetime.combine(publication.ends_on, dt.time(6), tzinfo=make.SHANGHAI))
    publications.finalise_ripe()
    phone.enter(sign_in(year.world.coordinator))
    phone.goto(f"/publications/{publication.pk}/")
    assert words["final"] in phone.page.locator(".lead").inner_text()
    assert phone.page.locator("tr.reversal s").inner_text() == "2.0"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_certificate_is_verified_revoked_and_verified(year, window, sign_in, clock, language):
    words = WORDS[language]
    publication = publications.publish(year.world.school_class, year.world.term, by=year.coordinator)
    clock.to(dt.datetime.combine(publication.ends_on, dt.time(9), tzinfo=make.SHANGHAI))
    publications.finalise_ripe()
    desk, stranger = window(width=DESK, language=language), window(width=PHONE, language=language)
    desk.enter(sign_in(year.lead))
    desk.goto(f"/classes/{year.world.school_class.pk}/certificates/")
    desk.page.locator("form[action$='/certificates/issue/'] button").click()
    desk.page.wait_for_load_state()
    assert Certificate.objects.count() == 3
    sound(desk)
    with desk.page.expect_download() as coming:
        desk.page.locator("form[action$='/certificates/print/'] button").first.click()
    with open(coming.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    assert IdentityLook.objects.get().school_class_id == year.world.school_class.pk

    one = Certificate.objects.get(account=year.world.pupils[0].pk)
    address = f"/verify/{one.code}/"
    stranger.goto(address)
    said = stranger.page.locator("main").inner_text()
    assert (words["valid"] in said, "陈＊诺" in said, "陈小诺" in said, "TRN v1" in said) == (True, True, False, True)
    sound(stranger)

    desk.goto(f"/certificates/{one.pk}/")
    sound(desk)
    desk.page.locator("details[data-confirm] summary").click()
    desk.page.locator("form[action$='/revoke/'] input[name=reason]").fill("打印有误，重新核发。")
    desk.page.locator("form[action$='/revoke/'] button[type=submit]").click()
    desk.page.wait_for_load_state()
    assert words["revoked"] in desk.page.locator("h1").inner_text()

    stranger.goto(address)
    said = stranger.page.locator("main").inner_text()
    assert (words["revoked"] in said, "打印有误" in said) == (True, False)
    with stranger.expecting(404):
        stranger.goto("/verify/0000/")
        sound(stranger)
