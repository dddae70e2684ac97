"""The sides of one agreement: a listed venue, two schools of a district, and who acts for each."""

import pytest

from tests.factories import partnerships as make


@pytest.fixture
def sides():
    district = make.a_district()
    one, two = make.a_school(district), make.a_school(district)
    venue = make.a_venue(listed_in=[district])
    return {
        "district": district,
        "venue": venue,
        "one": one,
        "two": two,
        "museum": make.lead_of(venue),
        "first": make.lead_of(one),
        "second": make.lead_of(two),
        "officer": make.officer_of(district),
    }
