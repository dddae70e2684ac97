"""The outings of the boundary tests: how the class of a cell travels, a paper that is ready, a sheet that is accepted."""

from activities import confirmations, outings, receipts
from activities.models import Booking, Outing
from people.models import Membership
from tests.factories import people
from tests.factories.outings import PLAN


def an_outing(booking: Booking, coordinator: Membership, cell: str) -> Outing:
    """The outing of a booking with a plan that carries the mark of its cell."""
    by = people.actor(coordinator)
    outing = booking.outing
    outings.plan(
        outing,
        by=by,
        papers=["plan"],
        **PLAN | {"carrier": f"客运{cell}", "drivers": f"驾驶员{cell}", "note": f"留言{cell}"},
    )
    Outing.objects.filter(pk=outing.pk).update(reason=f"退回{cell}")
    confirmations.accept(booking, by=by, digest=receipts.digest(booking))
    outing.refresh_from_db()
    return outing
