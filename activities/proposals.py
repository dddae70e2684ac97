"""What lies on the table of a request 点单: up to three times of a round and a place, and what the rules say of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import after_school, assignments, bookings, groups, hosts
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Booking, Counselor, Request, RequestTime
from activities.models.request import MOST_TIMES
from activities.rule_codes import CODES
from activities.verdicts import Verdict
from partnerships.models import Hall
from people.models import Organisation
from portal.lib import clock
from portal.lib.errors import Refused

Side = RequestTime.Side
NO_PLACE = _("It takes place in the school, at the venue that is asked, or online.")
NO_HALL = _("Choose one of the halls of the venue that is asked.")
FARTHEST = dt.timedelta(days=400)
LONGEST = dt.timedelta(hours=12)
MOST_DATES = 60
# What a host has answered that accepts a time: every rule from which it could grant an exception. Its quotas stay.
BY_HOST = frozenset(code for code, rule in CODES.items() if rule.granted_by == "venue")


@dataclass(frozen=True)
class Wanted:
    """A time that a side proposes; `weekdays` (ISO) where every week of a term is asked for."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True)
class Where:
    """A place that a side proposes: the school, the venue that is asked (there in a hall of its own), or none: online."""

    place: Organisation | None
    room: str = ""
    hall: Hall | None = None


def places(request: Request) -> list[Organisation | None]:
    """Where it can take place: in the school, at the venue that is asked, or online."""
    at_venue = [] if request.is_of_counselor else [request.provider]
    return [request.school.organisation, *at_venue, None]


def dates(request: Request, time: RequestTime) -> list[dt.date]:
    """The dates of a weekly request from one of its first dates on: teaching days of its weekdays, those left out."""
    assert request.last_day
    days = after_school.preview(request.school, time.weekdays, time.day, request.last_day + dt.timedelta(days=1))
    start = timezone.localtime(time.starts_at).time()
    return [day for day in days if day not in request.dropped and clock.moment(day, start) > clock.now()]


def judged(request: Request) -> list[tuple[RequestTime, Verdict | None]]:
    """Each time on the table with what the rules say of it today; None where the group is empty on that day."""
    found: list[tuple[RequestTime, Verdict | None]] = []
    for time in request.proposed:
        try:
            found.append((time, _verdict(request, time)))
        except Refused:
            found.append((time, None))
    return found


def group_on(request: Request, day: dt.date) -> Group:
    """The group of a request as it is on a day. Raises Refused where nobody is in it."""
    if request.group:
        return groups.of_activity_group(request.group, on=day, adults=request.adults)
    if request.by == Booking.By.HEADS:
        return groups.of_heads(request.school, request.pupils, on=day, adults=request.adults)
    rows = list(request.classes.all())
    return groups.of_classes(
        request.school,
        [row.school_class for row in rows],
        on=day,
        adults=request.adults,
        heads={row.school_class_id: row.heads for row in rows},
    )


def _verdict(request: Request, time: RequestTime) -> Verdict:
    session = after_school.closed_session(
        request.programme, request.school, place=request.place, starts_at=time.starts_at, ends_at=time.ends_at
    )
    return Judge([session], group_on(request, time.day), waived=BY_HOST).of(session)


def put(request: Request, times: Sequence[Wanted], side: str) -> None:
    """Lay times on the table as the round of the request; raises Refused for one that no agreement could make true."""
    now = clock.now()
    wanted = sorted(set(times), key=lambda time: time.starts_at)
    if not 1 <= len(wanted) <= MOST_TIMES:
        raise Refused("requesttime_at_most_three", _("Propose one to three times."))
    for time in wanted:
        if not now < time.starts_at < now + FARTHEST:
            raise Refused("request.past", _("Propose times to come, within a year."))
        if not time.starts_at < time.ends_at <= time.starts_at + LONGEST:
            raise Refused("requesttime_ends_after_start", _("The end lies before the start."))
        if bool(time.weekdays) != request.is_weekly:
            raise Refused("request.weekly", _("A weekly request says on which weekdays and until when."))
    RequestTime.objects.bulk_create(
        RequestTime(
            request=request, side=side, round=request.round, number=number,
            starts_at=time.starts_at, ends_at=time.ends_at, weekdays=sorted(set(time.weekdays)),
        )
        for number, time in enumerate(wanted, 1)
    )  # fmt: skip
    for row in request.times.filter(round=request.round):
        if request.is_weekly and not 1 <= len(dates(request, row)) <= MOST_DATES:
            raise Refused("series.empty", _("No date is left: every one is a holiday, a closing day, or past."))
        verdict = _verdict(request, row)
        if not verdict.may_book and side == Side.SCHOOL:
            raise bookings.NotEligible(verdict)
        if request.is_of_counselor:
            _check_counselor(request, row)


def check_where(request: Request, where: Where) -> None:
    if where.place not in places(request):
        raise Refused("request_place_of_sides", NO_PLACE)
    if where.hall and (where.hall.venue_id != request.provider_id or where.place != request.provider):
        raise Refused("request_hall_of_host", NO_HALL)


def _check_counselor(request: Request, time: RequestTime) -> None:
    """Listed, checked and free at a time; of a weekly one on its first and its last date. Never says why not free."""
    counselor = Counselor.objects.get(pk=request.provider_id)
    days = dates(request, time) if request.is_weekly else [time.day]
    for day in {days[0], days[-1]}:
        hosts.district_for(request.school.organisation, counselor, day)
        assignments.check_free(counselor, _on(time.starts_at, day), _on(time.ends_at, day))


def _on(moment: dt.datetime, day: dt.date) -> dt.datetime:
    return clock.moment(day, timezone.localtime(moment).time())
