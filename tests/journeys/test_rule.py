"""The next version of a credit rule in a browser: drafted, tried on the running term, published, in force from its day."""

import datetime as dt

import pytest
from django.db import transaction

from credits.models import CreditRule, Posting
from people.roles import Role
from tests.browsing import DESK
from tests.factories import credits as make
from tests.factories import people


@pytest.fixture
def world(live, clock):
    clock.to(dt.datetime(2026, 12, 18, 9, tzinfo=make.SHANGHAI))
    with transaction.atomic():
        made = make.world(pupils=1)
        for _n in range(5):
            make.attended(made, "EXP")
        make.attended(made, "LEC")
    return made


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rule_is_tried_and_published(world, window, sign_in, clock, language):
    posted, desk = Posting.objects.count(), window(width=DESK, language=language)
    desk.enter(sign_in(people.hat(Role.BUREAU_OFFICER, of=world.district)))
    desk.goto("/credits/rules/")
    desk.page.locator("a[href='/credits/rules/EXP/next/']").first.click()
    desk.page.locator("[name=starts_on]").fill("2026-12-21")
    desk.page.locator("[name=points]").fill("0.5")
    desk.page.locator("[name=cap_year]").fill("2")
    desk.page.locator("main form .actions button").click()
    desk.page.wait_for_url("**/credits/rules/")
    draft = CreditRule.objects.get(published_at=None)
    assert (draft.version, draft.points, draft.cap_year) == (2, 500, 2000)

    # what it would have changed is shown before it counts: five experiments under a cap, and a lecture
    desk.page.locator(f"a[href='/credits/rules/{draft.pk}/trial/']").first.click()
    desk.page.wait_for_url("**/trial/")
    numbers = desk.page.locator("main .stats").inner_text()
    assert "4.5" in numbers
    assert "2.5" in numbers
    assert world.school.organisation.name_zh in desk.page.locator("#results").inner_text()
    assert (desk.overflow(), desk.axe()) == (0, [])
    assert Posting.objects.count() == posted

    desk.page.locator("details[data-confirm] summary").click()
    desk.page.locator(f"form[action='/credits/rules/{draft.pk}/publish/'] button[type=submit]").last.click()
    desk.page.wait_for_url("**/credits/rules/")
    draft.refresh_from_db()
    assert draft.is_published
    in_force = CreditRule.objects.filter(district=world.district, code="EXP")
    assert [rule.version for rule in in_force.in_force(on=dt.date(2026, 12, 20))] == [1]
    assert [rule.version for rule in in_force.in_force(on=dt.date(2026, 12, 21))] == [2]
