"""Who hears of exceptions from rules: their owner that one is asked for, the school what was decided."""

from django.utils.translation import gettext_lazy as _

from activities.models import Exemption
from people import notices
from people.models import Notice, User
from people.notices import OFFICES, SCHOOLS, VENUES, audience, declare
from people.roles import Role

State = Exemption.State


def is_asked(notice: Notice) -> bool:
    return Exemption.objects.filter(pk=notice.key_of("exemption"), state=State.ASKED).exists()


def is_decided(notice: Notice) -> bool:
    """It still stands as the notice says."""
    return Exemption.objects.filter(pk=notice.key_of("exemption"), state=notice.facts["state"]).exists()


declare(
    "exception.asked",
    _("%(school)s asks for an exception: %(programme)s"),
    _("%(when)s, %(pupils)s pupils. Why: %(reason)s"),
    duty=True,
    holds=is_asked,
)
declare(
    "exception.granted",
    _("The exception is granted: %(programme)s"),
    _("Up to %(most)s bookings for sessions until %(until)s. Book now: places are not held."),
    holds=is_decided,
)
declare(
    "exception.refused",
    _("The exception is not granted: %(programme)s"),
    _("%(when)s. Reason: %(reason)s"),
    holds=is_decided,
)
declare(
    "exception.revoked",
    _("The exception has ended: %(programme)s"),
    _("Bookings that stand on it stay. Reason: %(reason)s"),
    holds=is_decided,
)
audience(VENUES | OFFICES, "exception.asked")
audience(SCHOOLS, "exception.granted", "exception.refused", "exception.revoked")


def tell_asked_for(asked: Exemption) -> None:
    if asked.owner.kind == "bureau":
        to = notices.members(asked.owner_id, Role.BUREAU_OFFICER)
    else:
        to = notices.members(asked.owner_id, Role.VENUE_LEAD, Role.VENUE_STAFF)
    _send("exception.asked", asked, to, reason=asked.reason)


def tell_decided(decided: Exemption) -> None:
    asked = [decided.asked_by.user] if decided.asked_by else []
    to = [*asked, *notices.members(decided.school_id, Role.COORDINATOR)]
    _send(f"exception.{decided.state}", decided, to, reason=decided.answer)


def _send(kind: str, exemption: Exemption, to: list[User], *, reason: str) -> None:
    session = exemption.session
    notices.send(
        kind,
        to=to,
        subject=f"exemption:{exemption.pk}",
        path=f"/exceptions/{exemption.pk}/",
        facts={
            "school": exemption.school.organisation.name_zh,
            "programme": session.programme.name_zh,
            "when": session.starts_at.isoformat(timespec="minutes"),
            "pupils": exemption.pupils,
            "most": exemption.most,
            "until": exemption.last_day.isoformat(),
            "state": exemption.state,
            "reason": reason,
        },
    )
