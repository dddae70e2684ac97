"""Outings 外出活动: their papers from the first plan to the approval, and the report after the return.

No missing paper ever blocks a roll call or a return report: what was forgotten is reported, not forbidden.
"""

import uuid

from django.utils.translation import gettext_lazy as _

from activities.models import Outing, Programme, Session
from partnerships.models import School
from people import thresholds
from people.actors import Actor
from people.models import Membership
from portal.lib import clock

State, Paper = Outing.State, Outing.Paper
OF_VEHICLES = {Paper.VEHICLE, Paper.CONTRACT}
PLANNED = (
    "transport",
    "vehicles",
    "carrier",
    "drivers",
    "meets_at",
    "meeting_place",
    "returns_at",
    "answer_by",
    "phone",
)
UNPLANNED = _("Say how you travel, when and where you meet, and when you are back.")
OPEN_PAPERS = _("%(left)s papers of the checklist are not ready yet.")


def goes_out(session: Session, school: School) -> bool:
    """Whether a group of the school leaves the house for this session."""
    return session.programme.direction == Programme.Direction.GO_OUT and session.provider_id != school.pk


def begin(school: School, *, by: Actor, request_key: uuid.UUID) -> Outing:
    """The outing of a booking, or of several, that is just being made. Part of the booking's transaction."""
    return Outing.objects.create(
        school=school,
        district_id=school.district_id,
        bureau=thresholds.of(school.district_id)["outing_bureau"],
        request_key=request_key,
        made_by=membership_of(by),
        made_at=clock.now(),
    )


def membership_of(actor: Actor) -> Membership | None:
    """Who signs: the hat of a person; nobody for a machine."""
    return getattr(actor, "membership", None)
