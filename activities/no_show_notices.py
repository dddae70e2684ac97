"""Who hears of no-shows and holds: the school that one was recorded, host and bureau that it is disputed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from activities.models import Hold, NoShow
from people import notices
from people.models import Notice, Organisation, User
from people.notices import OFFICES, SCHOOLS, VENUES, audience, declare, tell_groups
from people.roles import Role
from portal.lib import clock

State = NoShow.State


def is_in(*states: str):
    return lambda notice: NoShow.objects.filter(pk=notice.key_of("no_show"), state__in=states).exists()


def is_held(notice: Notice) -> bool:
    return Hold.objects.in_force(clock.today()).filter(pk=notice.key_of("hold")).exists()


declare(
    "no_show.recorded",
    _("The venue recorded a no-show: %(programme)s"),
    _("%(when)s. If that is wrong, dispute it by %(until)s."),
    duty=True,
    holds=is_in(State.RECORDED),
)
declare(
    "no_show.disputed",
    _("%(school)s disputes a no-show: %(programme)s"),
    _("%(when)s. %(reason)s"),
    duty=True,
    holds=is_in(State.DISPUTED),
)
declare(
    "no_show.taken_back",
    _("The no-show is taken back: %(programme)s"),
    _("%(when)s. %(reason)s The roll can be called now."),
)
declare(
    "no_show.stands",
    _("The no-show stands: %(programme)s"),
    _("%(when)s. %(reason)s"),
)
declare(
    "no_show.waived",
    _("The no-show counts for nothing: %(programme)s"),
    _("%(when)s. %(reason)s"),
)
declare(
    "hold.made",
    _("No new bookings until %(until)s: %(venue)s"),
    _("%(reason)s. Existing bookings stay as they are; other venues are not concerned."),
    duty=True,
    holds=is_held,
)
declare(
    "hold.lifted",
    _("You may book at %(venue)s again"),
    _("The hold was lifted. %(reason)s"),
)
audience(SCHOOLS | VENUES, "no_show.")
audience(SCHOOLS, "no_show.recorded", "hold.")
audience(VENUES | OFFICES, "no_show.disputed")
tell_groups("no_show.recorded")


def tell_recorded(no_show: NoShow) -> None:
    _send("no_show.recorded", no_show, _at_school(no_show), until=no_show.dispute_until.isoformat())


def tell_disputed(no_show: NoShow) -> None:
    host = notices.members(no_show.host_id, Role.VENUE_LEAD, Role.VENUE_STAFF)
    bureau = Organisation.objects.get(district=no_show.district_id, kind="bureau")
    officers = notices.members(bureau.pk, Role.BUREAU_OFFICER)
    _send("no_show.disputed", no_show, [*host, *officers], reason=no_show.dispute)


def tell_decided(no_show: NoShow) -> None:
    host = notices.members(no_show.host_id, Role.VENUE_LEAD, Role.VENUE_STAFF)
    _send(f"no_show.{no_show.state}", no_show, [*_at_school(no_show), *host], reason=no_show.answer)


def tell_held(hold: Hold) -> None:
    _send_hold("hold.made", hold, until=hold.last_day.isoformat(), reason=hold.reason)


def tell_lifted(hold: Hold) -> None:
    hold.refresh_from_db(fields=["lifted_why"])
    _send_hold("hold.lifted", hold, reason=hold.lifted_why)


def _at_school(no_show: NoShow) -> list[User]:
    return [no_show.booking.leader.user, *notices.members(no_show.school_id, Role.COORDINATOR)]


def _send(kind: str, no_show: NoShow, to: list[User], **more: Any) -> None:
    session = no_show.booking.session
    notices.send(
        kind,
        to=to,
        subject=f"no_show:{no_show.pk}",
        path=f"/no-shows/{no_show.pk}/",
        facts={
            "school": no_show.school.organisation.name_zh,
            "programme": session.programme.name_zh,
            "when": session.starts_at.isoformat(timespec="minutes"),
        }
        | more,
        district=no_show.district_id,
    )


def _send_hold(kind: str, hold: Hold, **facts: Any) -> None:
    notices.send(
        kind,
        to=notices.members(hold.school_id, Role.COORDINATOR, Role.SCHOOL_LEAD),
        subject=f"hold:{hold.pk}",
        path="/no-shows/",
        facts={"venue": hold.venue.organisation.name_zh} | facts,
        district=hold.district_id,
    )
