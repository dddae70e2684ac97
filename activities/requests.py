"""Requests 点单: a school proposes one to three times and a place; whoever is asked accepts one, proposes others, or declines.

Accepting, by whichever side's turn it is, makes session and booking in one transaction; of a weekly request the series
with all its dates, or none. A host that accepts has answered its own rules; everybody else's still hold.
A venue is asked for a programme of its own; a counselor to give one of the school's, which makes the assignment, too.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import after_school, assignments, bookings, hosts, proposals
from activities.groups import Group
from activities.models import Booking, Counselor, Programme, Request, RequestClass, RequestTime
from activities.proposals import BY_HOST, Wanted, Where, dates, group_on
from activities.series_notices import at_host, at_school, tell_request
from partnerships.models import Hall, School
from people import audit, events
from people.access import require
from people.actors import SYSTEM, Actor, Person
from people.models import Membership, Organisation
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text, said

State = Request.State
Side = RequestTime.Side
# Codes of rules and constraints whose sentences tell of other plans of the group.
OF_SCHOOL = (
    "school.", "group.", "district.travel_time", "district.class_visits", "rollentry_one_place",
    "bookingclass_one_place",
)  # fmt: skip
BUSY = _("The group is not free at that time. Propose another one, or decline.")


@verb
def ask(
    programme: Programme,
    group: Group,
    *,
    by: Actor,
    times: Sequence[Wanted],
    leader: Membership,
    request_key: uuid.UUID,
    counselor: Counselor | None = None,
    last_day: dt.date | None = None,
    dropped: Iterable[dt.date] = (),
    room: str = "",
    phone: str = "",
    note: str = "",
) -> Request:
    """Ask a venue for a programme at one to three times; with a `last_day` for every week until then.

    With a `counselor`, ask that person to give a programme of the school's own.
    Nothing is held: pupils stay free until it is accepted. The same `request_key` gives the same request.
    Raises NotEligible when a rule that is not the venue's own stands in the way of one of the times, Refused for a
    counselor who is not listed, not checked for the day, or not available.
    """
    require(by, Permission.BOOKING_REQUEST, group.school)
    if found := Request.objects.filter(school=group.school, request_key=request_key).first():
        return found
    if not (may_be_given(programme, group.school) if counselor else may_be_asked(programme)):
        raise Refused("request.programme", _("This programme can't be asked for."))
    if last_day and not (group.activity_group or len(group.classes) == 1):
        raise Refused("request.weekly_group", _("Every week comes one activity group or one class."))
    bookings.check_leader(leader, group.school)
    request = Request.objects.create(
        programme=programme,
        provider=counselor.organisation if counselor else programme.provider,
        school=group.school,
        district_id=group.school.district_id,
        by=group.by,
        group=group.activity_group,
        pupils=group.pupils,
        adults=group.adults,
        leader=leader,
        phone=phone,
        note=free_text(note),
        place=after_school.place_of(programme, group.school),
        room=free_text(room),
        last_day=last_day,
        dropped=sorted(set(dropped)),
        request_key=request_key,
        asked_at=clock.now(),
        asked_by=_hat(by),
        put_at=clock.now(),
        put_by=_hat(by),
    )
    RequestClass.objects.bulk_create(
        RequestClass(request=request, school_class=each, heads=group.heads.get(each.pk, 0)) for each in group.classes
    )
    proposals.put(request, times, Side.SCHOOL)
    audit.record("request.ask", request, by=by, is_now=request.state, times=len(times))
    tell_request("request.asked", request, at_host(request.provider_id))
    return request


def may_be_asked(programme: Programme) -> bool:
    """Whether schools may ask for it: published by a venue, and for pupils."""
    return _is_for_pupils(programme) and programme.provider.kind == Organisation.Kind.VENUE


def may_be_given(programme: Programme, school: School) -> bool:
    """Whether a school may ask a counselor to give it: published by the school itself, and for pupils."""
    return _is_for_pupils(programme) and programme.provider_id == school.pk


def _is_for_pupils(programme: Programme) -> bool:
    return programme.state == Programme.State.PUBLISHED and programme.form != Programme.Form.TRAINING


@verb
def propose(
    request: Request, *, by: Actor, times: Sequence[Wanted], where: Where | None = None, answer: str = ""
) -> None:
    """Answer with other times, and with another place where one is said: what suits this side better.

    Raises Refused for a place of neither side, and for a hall that is not of the venue asked.
    """
    request = _locked(request)
    is_host = request.state == State.ASKED
    changes: dict[str, Any] = {
        "round": request.round + 1, "answer": free_text(answer)[:200], "put_at": clock.now(), "put_by": _hat(by),
    }  # fmt: skip
    if where:
        proposals.check_where(request, where)
        changes |= {"place": where.place, "room": free_text(where.room)[:80], "hall": where.hall}
    move(request, "propose" if is_host else "ask_again", by=by, **changes)
    proposals.put(request, times, Side.HOST if is_host else Side.SCHOOL)
    request = _locked(request)  # with the new times
    if is_host:
        tell_request("request.countered", request, at_school(request))
    else:
        tell_request("request.asked", request, at_host(request.provider_id))


@verb
def accept(
    request: Request, time: RequestTime, *, by: Actor, hall: Hall | None = None, drop: Iterable[dt.date] = ()
) -> Request:
    """Agree to one of the times on the table: session and booking, or a whole series, come into being with the answer.

    `drop` are dates of a weekly request to leave out. Raises Refused, and nothing has happened, when a time is over or
    a rule stands in the way: a pupil elsewhere, a hall taken, a full day of the venue, an agreement that has ended.
    """
    request = _locked(request)
    name = "accept" if request.state == State.ASKED else "take_up"
    require(by, request.MOVES[name].permission, request)
    if time.request_id != request.pk or time.round != request.round:
        raise Refused("changed", CHANGED)
    if time.is_past and not request.is_weekly:
        raise Refused("request.past", _("This time is over: propose another one."))
    chosen = hall if request.state == State.ASKED else None  # the school takes up the hall that was proposed to it
    hall = chosen or request.hall
    proposals.check_where(request, Where(request.place, hall=hall))
    try:
        made = _series(request, time, hall, drop) if request.is_weekly else _visit(request, time, hall)
    except Refused as no:
        if not by.is_school and _is_schools(no):  # what else the pupils do is the school's own
            raise Refused("request.group_busy", BUSY) from no
        raise
    if request.is_of_counselor:
        _engage(request, made, by=by)
    first = made[0].session
    booked: dict[str, Any] = {"series": first.series} if request.is_weekly else {"session": first}
    move(request, name, by=by, ended_at=clock.now(), facts={"dates": len(made)}, **booked)
    to = [*at_school(request), *at_host(request.provider_id)]
    others = [user for user in to if user != by.user]
    when = first.starts_at.isoformat(timespec="minutes")
    tell_request("request.accepted", request, others, when=when, dates=len(made))
    return request


@verb
def decline(request: Request, *, by: Actor, reason: str) -> None:
    """Whoever is asked can't: the school reads why."""
    request = _locked(request)
    move(request, "decline", by=by, answer=said(reason)[:200], ended_at=clock.now())
    tell_request("request.declined", request, at_school(request))


@verb
def withdraw(request: Request, *, by: Actor) -> None:
    """The school no longer asks."""
    request = _locked(request)
    move(request, "withdraw", by=by, ended_at=clock.now())
    tell_request("request.withdrawn", request, at_host(request.provider_id))


def _visit(request: Request, time: RequestTime, hall: Hall | None) -> list[Booking]:
    session = after_school.closed_session(
        request.programme,
        request.school,
        place=request.place,
        hall=hall,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
    )
    session.save()
    events.tell("session.opened", session)
    key = uuid.uuid5(request.request_key, "booking")
    return [
        bookings.request(
            session, group_on(request, time.day), request_key=key, is_told=False, **_booked_by_school(request)
        )
    ]


def _series(request: Request, time: RequestTime, hall: Hall | None, drop: Iterable[dt.date]) -> list[Booking]:
    assert request.last_day
    dropped = set(drop)
    row = request.classes.first()
    series = after_school.found_series(
        request.school,
        request.programme,
        members=request.group or row.school_class,
        weekdays=time.weekdays,
        starts_on=time.day,
        ends_on=request.last_day + dt.timedelta(days=1),
        starts=timezone.localtime(time.starts_at).time(),
        ends=timezone.localtime(time.ends_at).time(),
        request_key=uuid.uuid5(request.request_key, "series"),
    )
    return after_school.book_dates(
        series,
        [day for day in dates(request, time) if day not in dropped],
        place=request.place,
        adults=request.adults,
        heads=row.heads if row else 0,
        session_fields={"hall": hall},
        **_booked_by_school(request),
    )


def _engage(request: Request, made: list[Booking], *, by: Actor) -> None:
    """Both sides have said yes to each of these dates: whoever laid the times on the table, and now whoever accepts."""
    answered = (clock.now(), hosts.hat_of(by))
    assert request.put_by
    put = (request.put_at, request.put_by)
    host, served = (put, answered) if request.state == State.ASKED else (answered, put)
    counselor = Counselor.objects.get(pk=request.provider_id)
    for booking in made:
        assignments.agree(booking.session, counselor, by=by, host=host, served=served)


def _booked_by_school(request: Request) -> dict[str, Any]:
    """Who books when the other side agrees: whoever asked, in the hat in which they asked."""
    asker = request.asked_by
    return {
        "by": Person(asker.user, asker) if asker else SYSTEM,
        "leader": request.leader,
        "phone": request.phone,
        "note": request.note,
        "waived": BY_HOST,
        "is_agreed": True,
    }


def _hat(by: Actor) -> Membership | None:
    return getattr(by, "membership", None)


def _is_schools(no: Refused) -> bool:
    """Whether a refusal says where pupils are or were; one of several rules is enough, for a date of a series too."""
    told = [each for each in (no, no.__cause__) if isinstance(each, bookings.NotEligible)]
    codes = {no.code, *(rule.code for each in told for rule in each.verdict.blocking)}
    return any(code.startswith(OF_SCHOOL) for code in codes)


def _locked(request: Request) -> Request:
    """One answer at a time; the row in hand becomes what it is now. Raises Refused when it has ended meanwhile."""
    rows = Request.objects.with_names().select_for_update(of=("self",), no_key=True)
    request = rows.get(pk=request.pk)
    if not request.is_open:
        raise Refused("changed", CHANGED)
    return request
