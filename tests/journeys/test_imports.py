"""Rosters and lists come in by hand: pasted on a phone, uploaded at a desk."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partnerships.models import Listing, School, StudentIdentity, Venue
from people.models import Upload
from people.roles import Role
from tests.browsing import DESK, PHONE
from tests.factories import partnerships as make
from tests.factories import people
from tests.rosters import layouts

AUTUMN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WORDS = {
    "zh": {"look": "预览", "yes": "是：保存姓名", "keep": "保存回答", "write": "写入名册", "done": "导入完成"},
    "en": {
        "look": "Look at it",
        "yes": "Yes: names are kept",
        "keep": "Keep the answers",
        "write": "Write the roster",
        "done": "Import done",
    },
}
VENUES = """name_zh,national_class,recognitions,place
示例馆甲,science_venue,全国科普教育基地(2021-2025),深圳市光明区
示例馆乙,nature,,上海市
"""
SCHOOLS = "name_zh,stage,district\n示例小学,primary,深圳市光明区\n别处小学,primary,衡阳市蒸湘区\n"


@pytest.fixture
def place(live, clock):
    clock.to(AUTUMN)
    return make.a_district(name_zh="光明区", city_zh="深圳市", name_en="Guangming")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_coordinator_pastes_a_class_on_the_phone(place, window, sign_in, language):
    school, words = make.a_school(place, stage="primary"), WORDS[language]
    phone = window(width=PHONE, language=language)
    phone.enter(sign_in(people.hat(Role.COORDINATOR, at=school.organisation)))
    page = phone.page
    phone.goto("/imports/new/roster/")
    page.locator("#id_text").fill(layouts.CHAT)
    page.locator("#id_grade").select_option("5")
    page.locator("#id_number").fill("3")
    page.get_by_role("button", name=words["look"]).last.click()
    page.get_by_label(words["yes"]).check()
    page.get_by_role("button", name=words["keep"]).click()
    assert StudentIdentity.objects.count() == 0
    page.get_by_role("button", name=words["write"]).click()
    page.get_by_role("heading", name=words["done"]).wait_for()
    assert sorted(row.name for row in StudentIdentity.objects.all()) == sorted(["示例甲", "示例乙", "示例丙", "示例丁"])


def test_bureau_brings_schools_and_venues_at_the_desk(place, window, sign_in):
    desk = window(width=DESK)
    desk.enter(sign_in(people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place))))
    page = desk.page
    for kind, data, button in (("schools", SCHOOLS, "写入学校"), ("venues", VENUES, "写入场馆")):
        desk.goto(f"/imports/new/{kind}/")
        page.locator("#id_file").set_input_files(
            {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": data.encode()}
        )
        page.get_by_role("button", name="预览").click()
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name="导入完成").wait_for()
    assert [school.name for school in School.objects.all()] == ["示例小学"]
    assert (Venue.objects.count(), Listing.objects.get().organisation.name_zh) == (2, "示例馆甲")


def test_previews_hold_on_a_narrow_screen_and_for_screen_readers(place, window, sign_in):
    school = make.a_school(place, stage="primary")
    own, office = (
        people.hat(Role.COORDINATOR, at=school.organisation),
        people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(place)),
    )
    files = [
        (own, "roster", layouts.masterpiece()),
        (own, "roster", layouts.mac_export()),
        (office, "venues", VENUES.encode()),
        (office, "clubs", layouts.clubs_of_all_schools(120)),
    ]
    phone, narrow = window(width=PHONE, language="zh"), window(width=320, language="en")
    for hat, kind, data in files:
        people.login(client := Client(), hat)
        client.post(f"/imports/new/{kind}/", {"file": SimpleUploadedFile("x.csv", data)})
        for each in (phone, narrow):
            each.enter(sign_in(hat))
            each.goto(f"/imports/{Upload.objects.latest('pk').pk}/")
            assert each.overflow() == 0
        assert phone.axe() == []
