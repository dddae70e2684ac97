"""What the boundary world's sides deliver beside bookings, and a supplement that would end their agreement earlier."""

import datetime as dt
import uuid

from partnerships import agreement_life, agreements, deliverables
from partnerships.models import Agreement, Commitment, Deliverable
from people.models import Membership
from portal.lib import clock
from tests.factories import people


def a_deliverable(commitment: Commitment, lead: Membership, cell: str, k: int) -> Deliverable:
    """Entered by the venue's lead; a school of the agreement is asked to confirm it."""
    return deliverables.enter(
        commitment,
        by=people.actor(lead),
        title=f"成果{cell}{k}",
        happened_on=clock.today(),
        evidence=f"佐证{cell}{k}",
        request_key=uuid.uuid4(),
    )


def a_supplement(agreement: Agreement, lead: Membership, cell: str, k: int) -> Agreement:
    """Sent to the school: the agreement is to end a year and a bit from now."""
    by = people.actor(lead)
    amendment = agreement_life.amend(agreement, by=by)
    ends_on = clock.today() + dt.timedelta(days=400 + k)
    agreements.revise(amendment, by=by, text=f"第一条 补充{cell}{k}", ends_on=ends_on)
    return agreements.propose(Agreement.objects.get(pk=amendment.pk), by=by)
