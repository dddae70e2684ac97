"""Verbs of RollLink: made for a substitute leader, opened with a PIN that is told by mouth, over at midnight."""

import datetime as dt
import hashlib
import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from activities import roll_days
from activities.models import Booking, RollLink
from people import audit
from people.actors import Link, Person
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

PIN_DIGITS = 6


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@verb
def make(booking: Booking, *, by: Person, for_whom: str) -> tuple[RollLink, str, str]:
    """A link for the day of the session in place of any before: the row, the word of the address, and the PIN.

    Word and PIN are known only now. Raises Refused for a roll that was sent or a day that is over."""
    if not roll_days.is_open_to(booking, by):
        raise PermissionDenied("roll.link")
    day = booking.session.day
    if booking.called_at or booking.state != Booking.State.CONFIRMED or clock.today() > day:
        raise Refused("roll.link_late", _("There is no roll to hand over: it was sent, or its day is over."))
    if not for_whom.strip():
        raise Refused("roll.link_name", _("Say who leads the group instead."))
    revoke(booking, by=by)
    token, pin = secrets.token_urlsafe(16), f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
    link = RollLink.objects.create(
        booking=booking,
        for_whom=for_whom.strip(),
        token_digest=digest_of(token),
        pin_digest=make_password(pin),
        starts_at=clock.moment(day),
        ends_at=clock.moment(day + dt.timedelta(days=1)),
        made_by=by.membership,
    )
    audit.record("roll.hand_over", booking, by=by, link=link.pk)
    return link, token, pin


@verb
def revoke(booking: Booking, *, by: Person) -> bool:
    """End the link of this roll at once; False where there is none."""
    if not roll_days.is_open_to(booking, by):
        raise PermissionDenied("roll.link")
    ended = RollLink.objects.filter(booking=booking, revoked_at__isnull=True).update(revoked_at=clock.now())
    if ended:
        audit.record("roll.take_back", booking, by=by)
    return bool(ended)


def find(token: str) -> RollLink | None:
    """The link that may be opened now."""
    rows = RollLink.objects.usable().select_related("made_by__organisation", "made_by__user")
    return rows.filter(token_digest=digest_of(token)).first()


def opens(link: RollLink, pin: str) -> bool:
    """Whether the PIN is right; a wrong one is counted, and after five the link is dead.

    Counted before it is looked at: many guesses at once are five guesses."""
    if not RollLink.objects.usable().filter(pk=link.pk).update(wrong=F("wrong") + 1):
        return False
    if not check_password(pin, link.pin_digest):
        return False
    RollLink.objects.filter(pk=link.pk).update(wrong=F("wrong") - 1)
    return True


def actor_of(link: RollLink, booking: Booking) -> Link:
    return Link(booking, link.ends_at, link.made_by, link.for_whom)
