"""What a school is told about its group in line: places for it, their last day, and the end of waiting."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from activities.models import Offer, WaitlistEntry
from people import notices
from people.models import Notice, User
from people.notices import SCHOOLS, audience, declare
from people.roles import Role
from portal.lib import clock


def has_open_offer(notice: Notice) -> bool:
    return Offer.objects.filter(pk=notice.facts["offer"], state=Offer.State.OPEN, until__gt=clock.now()).exists()


declare(
    "waitlist.offered",
    _("Places are free: %(programme)s"),
    _("%(seats)s places for %(who)s, %(when)s. They are held until %(until)s: confirm or leave them to others."),
    duty=True,
    holds=has_open_offer,
)
declare(
    "waitlist.about_to_lapse",
    _("Today the offered places lapse: %(programme)s"),
    _("%(seats)s places for %(who)s, %(when)s, are held until %(until)s."),
    duty=True,
    holds=has_open_offer,
)
declare(
    "waitlist.lapsed",
    _("The offered places were not confirmed in time: %(programme)s"),
    _("%(who)s, %(when)s. The places went on to others; you may join the list again."),
)
declare(
    "waitlist.closed",
    _("The waiting list is closed: %(programme)s"),
    _("%(who)s, %(when)s. Please look for another date."),
)
audience(SCHOOLS, "waitlist.")


def tell_offered(entry: WaitlistEntry, offer: Offer) -> None:
    _send_waitlist("waitlist.offered", entry, slot=str(offer.pk), **offer_facts(entry, offer))


def offer_facts(entry: WaitlistEntry, offer: Offer) -> dict[str, Any]:
    until = offer.until.isoformat(timespec="minutes")
    return waitlist_facts(entry) | {"offer": offer.pk, "seats": offer.seats, "until": until}


def tell_lapsed(entry: WaitlistEntry) -> None:
    _send_waitlist("waitlist.lapsed", entry, **waitlist_facts(entry))


def tell_closed(entry: WaitlistEntry) -> None:
    _send_waitlist("waitlist.closed", entry, **waitlist_facts(entry))


def waitlist_facts(entry: WaitlistEntry) -> dict[str, Any]:
    with translation.override("zh-hans"):
        who = entry.who
    session = entry.session
    when = session.starts_at.isoformat(timespec="minutes")
    return {"programme": session.programme.name_zh, "who": who, "when": when}


def waitlist_readers(entry: WaitlistEntry) -> list[User]:
    return [*notices.wearers(entry.asked_by), *notices.members(entry.school_id, Role.COORDINATOR)]


def _send_waitlist(kind: str, entry: WaitlistEntry, *, slot: str = "", **said: Any) -> None:
    notices.send(
        kind,
        to=waitlist_readers(entry),
        subject=f"waitlist:{entry.pk}",
        path=f"/waiting/{entry.pk}/",
        due_slot=slot,
        facts=said,
    )
