"""What agreements promised, summed: filed ones only."""

import pytest

from partnerships.agreements import Promise
from portal.reports import worth
from portal.reports.scope import Scope
from tests.factories import partnerships as make

pytestmark = pytest.mark.django_db


def test_a_draft_promises_nothing_yet():
    district = make.a_district()
    school, venue = make.a_school(district), make.a_venue(listed_in=[district])
    term = make.a_term(district)
    make.an_agreement(venue, [school], promises=[Promise(venue.pk, term, "visits", 16)])
    make.a_draft(venue, [school], promises=[Promise(venue.pk, term, "visits", 7)])
    for whose in ({"district_id": district.pk}, {"venue_id": venue.pk}):
        scope = Scope(term.starts_on, term.ends_on, **whose)
        assert [promise.promised for promise in worth.promises(scope)] == [16]
