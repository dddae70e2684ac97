"""One ceremony: a venue and four schools negotiate, agree, sign, and the bureau files."""

import datetime as dt

import pytest

from partnerships.models import Agreement, Commitment
from people.roles import Role
from portal.lib import clock as now
from tests.browsing import DESK, PHONE
from tests.factories import partnerships as make
from tests.factories import people

WORDS = {
    "zh": {
        "save": "保存草稿",
        "send": "送对方审阅",
        "agree": "同意第 1 版",
        "sign": "签署第 1 版",
        "submit": "送备案",
        "file": "予以备案",
        "active": "生效中",
    },
    "en": {
        "save": "Save the draft",
        "send": "Send to the other side",
        "agree": "Agree to version 1",
        "sign": "Sign version 1",
        "submit": "Send for filing",
        "file": "File",
        "active": "active",
    },
}


@pytest.fixture
def ceremony(live):
    district = make.a_district()
    make.a_term(district)
    venue = make.a_venue(listed_in=[district])
    schools = [make.a_school(district) for _each in range(4)]
    return {
        "schools": schools,
        "museum": people.hat(Role.VENUE_LEAD, at=venue.organisation),
        "heads": [people.hat(Role.SCHOOL_LEAD, at=school.organisation) for school in schools],
        "officer": people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district)),
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_venue_and_four_schools_sign_one_agreement(ceremony, window, sign_in, language):
    words = WORDS[language]
    desk, phone = window(width=DESK, language=language), window(width=PHONE, language=language)
    desk.enter(sign_in(ceremony["museum"]))
    address = draft(desk, ceremony["schools"], words)
    press(desk, "button", words["send"])
    for head in ceremony["heads"]:
        phone.enter(sign_in(head))
        phone.goto(address)
        press(phone, "button", words["agree"])
    for each, hat in [(desk, ceremony["museum"]), *((phone, head) for head in ceremony["heads"])]:
        each.enter(sign_in(hat))
        each.goto(address)
        press(each, "link", words["sign"])
        assert each.overflow() == 0
        press(each, "button", words["sign"])
    assert phone.axe() == []
    press(phone, "button", words["submit"])
    desk.enter(sign_in(ceremony["officer"]))
    desk.goto("/agreements/filing/")
    press(desk, "button", words["file"])
    desk.page.locator(".badge", has_text=words["active"]).wait_for()
    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.parties.filter(state="signed").count()) == ("filed", 5)
    assert Commitment.objects.get().promised == 16


def press(window, role, name):
    """Press a button or link by its whole name, and wait for the page behind it."""
    with window.page.expect_navigation():
        window.page.get_by_role(role, name=name, exact=True).click()


def draft(desk, schools, words):
    """Fill the form as the venue's lead does; answers the address of the draft."""
    page, today = desk.page, now.today()
    desk.goto("/agreements/new/")
    for school in schools:
        page.locator(f"input[name=schools][value='{school.pk}']").check()
    page.locator("#id_title").fill("科普教育合作协议")
    page.locator("input[name=areas][value=activities]").check()
    page.locator("#id_starts_on").fill(today.isoformat())
    page.locator("#id_last_day").fill((today + dt.timedelta(days=800)).isoformat())
    page.locator("#id_promise_visits").fill("16")
    page.locator("input[name=terms]").first.check()
    press(desk, "button", words["save"])
    return f"/agreements/{Agreement.objects.get().pk}/"
