"""The portal with its own guard of the seats off, for the control runs of the storm of bookings: granian serves this."""

from django.db.models import F

from portal.wsgi import application  # noqa: F401  # isort: skip

from activities import seats
from activities.models import Session


def take(session: Session, seats: int, *, entitled: bool) -> int:
    """Counts without asking: no lock, no condition."""
    Session.objects.filter(pk=session.pk).update(taken=F("taken") + seats)
    return 0


seats.take = take
