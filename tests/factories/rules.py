"""Rules and who passes them: holds, exceptions.

hold = a_hold(town.school, town.venue)          # from today, thirty days
asked = an_exemption(session, town.school)      # as a row; granted=town.staff decides it
"""

import datetime as dt
from typing import Any

from activities.models import Exemption, Hold, Session
from partnerships.models import BookingRules, School, Venue
from people.models import District, Membership, ThresholdValue
from portal.lib import clock


def a_hold(school: School, venue: Venue, **fields: Any) -> Hold:
    today = clock.today()
    return Hold.objects.create(
        **{
            "school": school,
            "venue": venue,
            "district_id": school.district_id,
            "starts_on": today,
            "ends_on": today + dt.timedelta(days=30),
            "reason": "两次未到馆",
        }
        | fields
    )


def an_exemption(
    session: Session, school: School, code: str = "venue.lead_days", *, granted: Membership | None = None, **fields: Any
) -> Exemption:
    """Asked for by the school, for the day of the session; `granted` is whose word it carries."""
    owner = granted.organisation if granted else session.provider
    decided = (
        {"state": "granted", "decided_at": clock.now(), "decided_by": granted, "answer": "同意"} if granted else {}
    )
    return Exemption.objects.create(
        **{
            "session": session,
            "school": school,
            "district_id": school.district_id,
            "provider": session.provider,
            "owner": owner,
            "code": code,
            "pupils": 3,
            "starts_on": session.day,
            "ends_on": session.day + dt.timedelta(days=1),
            "reason": "校庆当天仅此一场",
        }
        | decided
        | fields
    )


def venue_rules(venue: Venue, **fields: Any) -> BookingRules:
    return BookingRules.objects.create(venue=venue, starts_on=dt.date(2020, 1, 1), **fields)


def a_threshold(district: District, code: str, value: Any) -> ThresholdValue:
    return ThresholdValue.objects.create(
        district=district, code=code, value=value, starts_on=dt.date(2020, 1, 1), reason="本区规定", set_at=clock.now()
    )
