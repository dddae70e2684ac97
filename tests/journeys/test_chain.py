"""The whole chain in a real browser, once in each language: from the lists that come in to the report that goes out."""

import pytest

from tests.browsing import DESK, PHONE
from tests.factories import partnerships as make
from tests.journeys import chain_partners, chain_report, chain_school
from tests.journeys.story import MONDAY, VISIT, Story, at


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_chain_holds(live, window, sign_in, clock, language):
    clock.to(at(MONDAY, 9))
    district = make.a_district(name_zh="光明区", city_zh="深圳市", name_en="Guangming", offices=2)
    make.a_term(district, starts_on=MONDAY.replace(day=1), weeks=20)
    story = Story(
        district,
        window(width=DESK, language=language, permissions=["clipboard-read", "clipboard-write"]),
        window(width=PHONE, language=language),
        sign_in,
    )
    chain_partners.lists_come_in(story)
    chain_partners.rules_are_published(story)
    chain_partners.an_agreement_is_signed(story)
    session = chain_partners.the_museum_publishes(story)
    chain_school.class_lists_are_pasted(story)
    booking = chain_school.two_classes_are_booked(story, session)
    chain_school.a_club_is_booked(story)
    clock.to(at(VISIT, 11, 40))
    chain_school.the_roll_is_called(story, booking)
    chain_report.credits_appear(story, booking)
    chain_report.the_report_is_opened(story, booking)
