"""What people are told about requests and series: once for all their dates, never once a date."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, Request, Series
from people import notices
from people.actors import Actor
from people.models import Notice, User
from people.notices import COUNSELORS, SCHOOLS, VENUES, Judge, audience, declare
from people.roles import Role


def request_in(*states: str) -> Judge:
    """The request still stands in one of these states, and at the round that the notice speaks of."""
    return lambda notice: Request.objects.filter(
        pk=notice.key_of("request"), state__in=states, round=notice.facts["round"]
    ).exists()


def waits_for_venue(notice: Notice) -> bool:
    """A date of the series still waits for the venue."""
    waiting = Booking.objects.awaiting_confirmation()
    return waiting.filter(session__series=notice.key_of("series")).exists()


declare(
    "request.asked",
    _("%(school)s asks for “%(programme)s” at a time of its own"),
    _("%(who)s, %(pupils)s pupils, %(when)s; %(times)s times to choose from. Accept one, propose others, or decline."),
    duty=True,
    holds=request_in(Request.State.ASKED),
)
declare(
    "request.countered",
    _("%(host)s proposes another time: %(programme)s"),
    _("%(who)s, %(when)s; %(times)s times to choose from. Accept one, ask for others, or withdraw."),
    duty=True,
    holds=request_in(Request.State.COUNTERED),
)
declare(
    "request.accepted",
    _("Agreed and booked: %(programme)s"),
    _("%(school)s, %(who)s, %(when)s, dates: %(dates)s."),
    holds=request_in(Request.State.ACCEPTED),
)
declare(
    "request.declined",
    _("%(host)s declined your request: %(programme)s"),
    _("%(who)s, %(when)s. Reason: %(reason)s"),
)
declare(
    "request.withdrawn",
    _("%(school)s withdrew its request: %(programme)s"),
    _("%(when)s. There is nothing to answer any more."),
)
declare(
    "series.asked",
    _("%(school)s asks for a whole series: %(programme)s"),
    _("%(who)s, from %(when)s, dates: %(dates)s. Confirm or decline them."),
    duty=True,
    holds=waits_for_venue,
)
declare(
    "series.booked",
    _("A whole series is booked: %(programme)s"),
    _("%(school)s, %(who)s, from %(when)s, dates: %(dates)s."),
)
declare(
    "series.ended",
    _("%(school)s ends its series early: %(programme)s"),
    _("%(who)s, dates that do not take place: %(dates)s. Reason: %(reason)s"),
)
declare(
    "request.unanswered",
    _("A request waits for your answer: %(programme)s"),
    _("%(school)s and %(host)s: %(who)s, %(when)s; %(times)s times to choose from."),
    duty=True,
    holds=request_in(Request.State.ASKED, Request.State.COUNTERED),
)
audience(VENUES, "series.asked", "series.ended")
audience(VENUES | COUNSELORS, "request.asked", "request.withdrawn")
audience(SCHOOLS, "request.countered", "request.declined")
audience(SCHOOLS | VENUES, "series.")
audience(SCHOOLS | VENUES | COUNSELORS, "request.accepted", "request.unanswered")


def tell_asked(series: Series, made: Sequence[Booking]) -> None:
    """The venue, of all the dates that wait for it."""
    _send_series("series.asked", series, made, at_host(series.provider_id))


def tell_booked(series: Series, made: Sequence[Booking], *, by: Actor) -> None:
    """Whoever leads it, where somebody else has booked; and the venue whose programme it is."""
    leader = made[0].leader.user
    led = [leader] if leader != by.user else []
    host = [] if series.is_own else at_host(series.provider_id)
    _send_series("series.booked", series, made, [*led, *host])


def tell_ended(series: Series, dates: int, *, reason: str) -> None:
    """The venue whose programme it was; a school's own series ends among its own."""
    if not series.is_own:
        _send("series.ended", series, at_host(series.provider_id), dates=dates, reason=reason)


def _send_series(kind: str, series: Series, made: Sequence[Booking], to: list[User]) -> None:
    first = min(booking.session.starts_at for booking in made)
    _send(kind, series, to, when=first.isoformat(timespec="minutes"), dates=len(made))


def _send(kind: str, series: Series, to: list[User], **more: Any) -> None:
    assert series.school
    with translation.override("zh-hans"):
        who = series.who
    notices.send(
        kind,
        to=to,
        subject=f"series:{series.pk}",
        path=f"/series/{series.pk}/",
        facts={
            "school": series.school.organisation.name_zh,
            "programme": series.programme.name_zh,
            "who": who,
        }
        | more,
    )


def tell_request(kind: str, request: Request, to: list[User], **more: Any) -> None:
    """One notice a round: what is proposed now, or what became of it."""
    notices.send(
        kind,
        to=to,
        subject=f"request:{request.pk}",
        path=f"/requests/{request.pk}/",
        due_slot=str(request.round),
        facts=request_facts(request) | more,
    )


def request_facts(request: Request) -> dict[str, Any]:
    with translation.override("zh-hans"):
        who = request.who
    first = min(time.starts_at for time in request.proposed)
    return {
        "school": request.school.organisation.name_zh,
        "host": request.provider.name_zh,
        "programme": request.programme.name_zh,
        "who": who,
        "pupils": request.pupils,
        "when": first.isoformat(timespec="minutes"),
        "times": len(request.proposed),
        "round": request.round,
        "reason": request.answer,
    }


def at_host(organisation_id: int) -> list[User]:
    """Who answers for a venue, or the counselor."""
    return notices.members(organisation_id, Role.VENUE_LEAD, Role.VENUE_STAFF, Role.COUNSELOR)


def at_school(request: Request) -> list[User]:
    """Whoever asked, whoever leads, and the coordinators."""
    return [*notices.wearers(request.asked_by, request.leader), *notices.members(request.school_id, Role.COORDINATOR)]
