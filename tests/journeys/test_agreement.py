"""The ceremony of Zhengxiang: one museum and four schools, from a blank draft to the filed paper.

The museum writes at a desk; the schools read, answer and sign on phones of 360 px with letters of 130 %, downloading
and printing nothing. One school asks for a change, one signs by a sealed paper, one only after the filing.
"""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from partnerships import agreement_templates, texts
from partnerships.models import Agreement, Commitment
from people.roles import Role
from portal.lib import clock as now
from tests.browsing import DESK
from tests.factories import partnerships as make
from tests.factories import people

SCRIPT = Path(__file__).parents[1] / "partnerships" / "tools" / "fingerprint.py"
BIGGER = "document.documentElement.style.fontSize = '130%'"
WORDS = {
    "zh": {
        "save": "保存草稿",
        "send": "送对方审阅",
        "counter": "提出修改意见",
        "post": "送出这一版",
        "agree": "同意第 2 版",
        "sign": "签署第 2 版",
        "submit": "送备案",
        "file": "予以备案",
        "active": "生效中",
    },
    "en": {
        "save": "Save the draft",
        "send": "Send to the other side",
        "counter": "Propose changes",
        "post": "Send this version",
        "agree": "Agree to version 2",
        "sign": "Sign version 2",
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
    agreement_templates.write(
        district, by=make.officer_of(district), name="示范文本", text=f"{texts.USUAL}\n第十七条 【见证方】见证。"
    )
    return {
        "schools": schools,
        "museum": people.hat(Role.VENUE_LEAD, at=venue.organisation),
        "heads": [people.hat(Role.SCHOOL_LEAD, at=school.organisation) for school in schools],
        "officer": people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district)),
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_museum_and_four_schools_sign_one_agreement(ceremony, window, sign_in, language, tmp_path):
    words, heads = WORDS[language], ceremony["heads"]
    desk, phone = window(width=DESK, language=language), window(width=360, language=language)

    def at_desk(hat, path):
        desk.enter(sign_in(hat))
        desk.goto(path)

    def on_phone(hat, path):
        phone.enter(sign_in(hat))
        phone.goto(path)
        phone.page.evaluate(BIGGER)
        assert phone.overflow() == 0

    desk.enter(sign_in(ceremony["museum"]))
    address = draft(desk, ceremony["schools"], words, tmp_path)
    press(desk, "button", words["send"])

    on_phone(heads[0], f"{address}counter/")
    text = phone.page.locator("#id_text")
    text.fill(text.input_value().replace("每学期召开两次联席会议", "每学期召开一次联席会议"))
    phone.page.locator("[name=promises-0-promised]").fill("20")
    phone.page.locator("#id_note").fill("一次足够，多来参观。")
    press(phone, "button", words["post"])

    at_desk(ceremony["museum"], address)
    assert desk.page.locator(".clause--changed del").inner_text() == "两"
    assert desk.page.locator(".agreement__changes ins").inner_text() == "20"
    assert desk.axe() == []
    press(desk, "button", words["agree"])
    for head in heads[1:]:
        on_phone(head, address)
        press(phone, "button", words["agree"])

    at_desk(ceremony["museum"], address)
    press(desk, "link", words["sign"])
    press(desk, "button", words["sign"])
    for head in heads[:2]:
        on_phone(head, address)
        press(phone, "link", words["sign"])
        press(phone, "button", words["sign"])
    assert phone.axe() == []
    sealed = tmp_path / "盖章件.pdf"
    sealed.write_bytes(make.PDF)
    at_desk(heads[2], f"{address}sign/")
    desk.page.locator("[name=how][value=scan]").check()
    desk.page.locator("#id_scan").set_input_files(sealed)
    press(desk, "button", words["sign"])

    at_desk(ceremony["museum"], address)
    desk.page.locator("details.confirm > summary", has_text=words["submit"]).click()
    with desk.page.expect_navigation():
        desk.page.locator(f"form[action='{address}submit/'] button:not([data-close])").last.click()
    at_desk(ceremony["officer"], "/agreements/filing/")
    press(desk, "button", words["file"])
    desk.page.locator(".badge", has_text=words["active"]).wait_for()

    on_phone(heads[3], address)
    press(phone, "link", words["sign"])
    press(phone, "button", words["sign"])
    agreement = Agreement.objects.get()
    assert agreement.number == f"馆校〔{now.today().year}〕1号"
    assert (agreement.state, sorted(agreement.parties.values_list("how", flat=True))) == (
        "filed",
        ["online", "online", "online", "online", "scan"],
    )
    assert Commitment.objects.get().promised == 20
    check_the_paper(desk, window(width=DESK, language=language), agreement, tmp_path)


def check_the_paper(desk, stranger, agreement, folder):
    """The filed PDF, the page behind its code, and the fingerprint taken again by a script that knows nothing of us."""
    version = agreement.current_version
    papers = f"{desk.address}/agreements/{agreement.pk}/versions/{version.number}"
    assert desk.page.request.get(f"{papers}/pdf/").body().startswith(b"%PDF-")
    content, annex = folder / "content.json", folder / "annex.pdf"
    content.write_bytes(desk.page.request.get(f"{papers}/text/").body())
    annex.write_bytes(desk.page.request.get(f"{papers}/annexes/1/").body())
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(content), str(annex)], capture_output=True, text=True, cwd=folder
    )
    assert run.stdout == version.sha256
    stranger.goto(f"/agreements/verify/{version.sha256}/")
    assert agreement.number in stranger.page.locator(".lead").first.inner_text()
    assert "每学期召开一次联席会议" in stranger.page.locator(".doc").inner_text()
    assert stranger.axe() == []
    flipped = ("0" if version.sha256[0] != "0" else "1") + version.sha256[1:]
    with stranger.expecting(404):
        assert stranger.goto(f"/agreements/verify/{flipped}/").status == 404


def press(window, role, name):
    """Press a button or link by its whole name, and wait for the page behind it."""
    with window.page.expect_navigation():
        window.page.get_by_role(role, name=name, exact=True).click()


def draft(desk, schools, words, folder):
    """Fill the forms as the museum's lead does: the blank draft from the district's template, then an annex."""
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
    page.locator("#id_witness").fill("蒸湘区科协")
    page.locator("#id_template").select_option(label="示范文本")
    press(desk, "button", words["save"])
    address = f"/agreements/{Agreement.objects.get().pk}/"
    assert "第十七条" in page.locator(".doc").inner_text()
    assert "蒸湘区科协见证" in page.locator(".doc").inner_text()
    plan = folder / "活动安全预案.pdf"
    plan.write_bytes(make.PDF + b" plan")
    desk.goto(f"{address}counter/")
    page.locator("#id_annexes").set_input_files(plan)
    press(desk, "button", words["save"])
    return address
