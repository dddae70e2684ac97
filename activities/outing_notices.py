"""What people are told about outings. Facts are kept without language: ISO days and Chinese names."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, Outing
from people import notices
from people.models import Notice, User
from people.notices import OFFICES, SCHOOLS, Judge, audience, declare
from people.roles import Role
from portal.lib import clock

State = Outing.State


def outing_in(state: str) -> Judge:
    """The papers still wait in this state."""
    return lambda notice: Outing.objects.going().filter(pk=notice.key_of("outing"), state=state).exists()


def is_uncleared(notice: Notice) -> bool:
    """Still to come or on the way, and still without the last word."""
    coming = Q(bookings__session__ends_at__gt=clock.now())
    return Outing.objects.going().uncleared().filter(coming, pk=notice.key_of("outing")).exists()


def has_no_report(notice: Notice) -> bool:
    return Outing.objects.going().awaiting_report().filter(pk=notice.key_of("outing")).exists()


declare(
    "outing.submitted",
    _("An outing waits for your approval: %(programme)s"),
    _("%(day)s, %(pupils)s pupils, %(number)s. Read the papers and approve them, or return them."),
    duty=True,
    holds=outing_in(State.SUBMITTED),
)
declare(
    "outing.returned",
    _("Papers of an outing were returned: %(programme)s"),
    _("%(day)s, %(number)s. %(reason)s"),
    duty=True,
    holds=outing_in(State.RETURNED),
)
declare("outing.approved", _("Your outing is approved: %(programme)s"), _("%(day)s, %(pupils)s pupils, %(number)s."))
declare(
    "outing.to_file",
    _("An outing waits for filing: %(school)s"),
    _("%(programme)s, %(day)s, %(pupils)s pupils, %(number)s."),
    holds=outing_in(State.APPROVED),
)
declare("outing.filed", _("Your outing is filed: %(programme)s"), _("%(day)s, %(pupils)s pupils, %(number)s."))
declare(
    "outing.incident",
    _("Something happened on an outing: %(programme)s"),
    _("%(day)s: %(out)s pupils went, %(back)s came back with the group. %(note)s"),
    urgent=True,
    chat=_("Return report of the outing on %(day)s: %(out)s pupils went, %(back)s came back with the group."),
)
declare(
    "outing.approval_missing",
    _("The outing has no approval yet: %(programme)s"),
    _("%(day)s, %(pupils)s pupils, %(number)s. Without it the outing is reported as not approved."),
    duty=True,
    urgent=lambda notice: notice.facts["day"] <= clock.today().isoformat(),
    holds=is_uncleared,
)
declare(
    "outing.report_missing",
    _("The return report is missing: %(programme)s"),
    _("%(day)s, %(number)s. Say how many went and how many came back."),
    duty=True,
    holds=has_no_report,
)
audience(SCHOOLS, "outing.")
audience(OFFICES, "outing.to_file")
notices.tell_groups("outing.to_file", "outing.approval_missing", "outing.report_missing")


def tell_submitted(outing: Outing) -> None:
    _send("outing.submitted", outing, notices.members(outing.school_id, Role.SCHOOL_LEAD), _at(outing.submitted_at))


def tell_returned(outing: Outing) -> None:
    _send("outing.returned", outing, planners(outing), _at(clock.now()), reason=outing.reason)


def tell_approved(outing: Outing) -> None:
    """To whoever planned it; to the bureau where it files."""
    slot = _at(outing.approved_at)
    _send("outing.approved", outing, planners(outing), slot)
    if outing.bureau != Outing.Bureau.NONE:
        _send("outing.to_file", outing, notices.officers(outing.district_id), slot)


def tell_filed(outing: Outing) -> None:
    _send("outing.filed", outing, planners(outing), _at(outing.filed_at))


def tell_incident(outing: Outing) -> None:
    said = {"out": outing.out_heads, "back": outing.back_heads, "note": outing.incident}
    readers = notices.members(outing.school_id, Role.SCHOOL_LEAD, Role.COORDINATOR)
    _send("outing.incident", outing, readers, _at(outing.reported_at), **said)


def planners(outing: Outing) -> list[User]:
    """Whoever handed it in and whoever booked it, as far as they still work there, and the school's coordinators."""
    named = [hat.user for hat in (outing.submitted_by, outing.made_by) if hat and hat.is_active]
    return [*named, *notices.members(outing.school_id, Role.COORDINATOR)]


def leaders(outing: Outing) -> list[User]:
    trips = Booking.objects.alive().filter(outing=outing.pk).select_related("leader__user")
    return [booking.leader.user for booking in trips]


def facts(outing: Outing) -> dict[str, Any]:
    """Of what is alive; of all bookings where nothing is."""
    rows = Booking.objects.filter(outing=outing.pk).select_related("session__programme").order_by("session__starts_at")
    trips = [booking for booking in rows if booking.is_alive] or list(rows)
    with translation.override("zh-hans"):
        names = "、".join(dict.fromkeys(booking.session.programme.name_zh for booking in trips))
    return {
        "school": outing.school.organisation.name_zh,
        "programme": names,
        "day": timezone.localtime(trips[0].session.starts_at).date().isoformat(),
        "pupils": sum(booking.pupils for booking in trips),
        "number": outing.number,
    }


def _at(moment: dt.datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _send(kind: str, outing: Outing, to: list[User], slot: str, **more: Any) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"outing:{outing.pk}",
        path=f"/outings/{outing.pk}/",
        due_slot=slot,
        facts=facts(outing) | more,
        district=outing.district_id,
    )
