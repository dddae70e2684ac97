"""A counselor in a real browser, once in each language: from the link to the session on which both sides agreed."""

import pytest

from tests.browsing import DESK, PHONE
from tests.factories import partnerships as make
from tests.journeys import counselor_story as chapter
from tests.journeys.story import MONDAY, Story, at


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_counselor_finds_a_session(live, window, sign_in, clock, language):
    clock.to(at(MONDAY, 9))
    district = make.a_district(name_zh="光明区", city_zh="深圳市", name_en="Guangming", offices=2)
    make.a_term(district, starts_on=MONDAY.replace(day=1), weeks=20)
    school, venue = make.a_school(district), make.a_venue(listed_in=[district])
    story = Story(district, window(width=DESK, language=language), window(width=PHONE, language=language), sign_in)
    link = chapter.the_school_hands_out_a_link(story, school)
    counselor = chapter.the_person_comes_in(story, link)
    chapter.both_offices_agree(story, counselor)
    chapter.the_bureau_checks(story, counselor)
    chapter.the_venue_invites(story, venue, counselor)
    chapter.both_have_agreed(story, venue, counselor)
