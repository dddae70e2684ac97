"""A club's term: on how many of its dates each pupil was there, counted from the rolls. Counting again changes nothing new."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Q

from activities.models import THERE, Booking, RollEntry, Session
from credits.models import Result
from credits.models.rule import Code
from partnerships.models import ActivityGroup, Term
from people import audit
from people.actors import SYSTEM, Actor
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.doorbell import ring

POST = "credits.post_result"
CALLED = (Booking.State.ATTENDED, Booking.State.NO_SHOW)  # nobody came: a date without anybody
COUNTED = (Booking.State.REQUESTED, Booking.State.CONFIRMED, *CALLED)
NO_DATES = "no date of the club took place"


@dataclass
class ClubTerm:
    """One club in one term. `dates` are those that were not cancelled, `called` those whose roll was sent."""

    group_id: int
    term: Term
    dates: int = 0
    called: int = 0
    last: dt.date | None = None
    present: dict[uuid.UUID, int] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Every date called, or the term at its end: a date that nobody called counts as one without the pupil."""
        return self.dates > 0 and (self.called == self.dates or self.term.ends_on <= clock.today())


def counted(term: Term, *, group_id: int | None = None) -> list[ClubTerm]:
    """Every club with dates in the term, in two queries. Clubs are activity groups with a series of category CLB."""
    dates = Booking.objects.filter(
        state__in=COUNTED,
        session__series__group__isnull=False,
        session__series__group__school__organisation__district=term.district_id,
        session__programme__category=Code.CLB,
        session__starts_at__date__gte=term.starts_on,
        session__starts_at__date__lt=term.ends_on,
        session__state=Session.State.OPEN,
    )
    if group_id:
        dates = dates.filter(session__series__group=group_id)
    found: dict[int, ClubTerm] = {}
    for row in dates.values("session__series__group").annotate(
        dates=Count("session", distinct=True),
        called=Count("session", distinct=True, filter=Q(state__in=CALLED)),
        last=Max("session__starts_at__date"),
    ):
        key = row.pop("session__series__group")
        found[key] = ClubTerm(key, term, **row)
    rolls = RollEntry.objects.filter(booking__in=dates).values("session__series__group", "student")
    for seen in rolls.annotate(present=Count("session", distinct=True, filter=Q(mark__in=THERE))):
        found[seen["session__series__group"]].present[seen["student"]] = seen["present"]
    return list(found.values())


def due() -> Iterator[ClubTerm]:
    """Clubs whose term is over, or that have a result without a date, of the terms of about the last year."""
    today = clock.today()
    for term in Term.objects.filter(starts_on__lte=today, ends_on__gt=today - dt.timedelta(days=366)):
        clubs = counted(term)
        yield from (club for club in clubs if club.is_over)
        settled = Result.objects.confirmed().filter(kind=Result.Kind.CLUB, term=term)
        for group in (
            settled.exclude(group__in=[club.group_id for club in clubs]).values_list("group", flat=True).distinct()
        ):
            yield ClubTerm(group, term)


def settle_all() -> int:
    """Every club that is due; the job. Returns how many results are new or other than before."""
    return sum(settle(club.group_id, club.term) for club in list(due()))


@verb
def settle(group_id: int, term: Term, *, by: Actor = SYSTEM) -> int:
    """Write one result a pupil of the club's rolls, also of those who came too rarely: their page says why.

    Counts under the club's lock, so that two jobs at once write it once."""
    group = ActivityGroup.objects.select_for_update(no_key=True).select_related("school__organisation").get(pk=group_id)
    club = next(iter(counted(term, group_id=group_id)), ClubTerm(group_id, term))
    known = {
        result.student_id: result for result in Result.objects.filter(group=group, term=term, kind=Result.Kind.CLUB)
    }
    touched = [_write(group, club, student, known.get(student), by=by) for student in {*known, *club.present}]
    changed = [result for result in touched if result]
    if changed:
        audit.record("activitygroup.settle", group, by=by, term=str(term.pk), results=len(changed), dates=club.dates)
    for result in changed:
        ring(POST, result.pk)
    return len(changed)


def _write(
    group: ActivityGroup, club: ClubTerm, student: uuid.UUID, known: Result | None, *, by: Actor
) -> Result | None:
    """The result of one pupil made what was counted; None where it was so already."""
    if club.last is None:
        if known and known.state == Result.State.CONFIRMED:
            move(known, "withdraw", by=by, why=NO_DATES)
            return known
        return None
    now: dict[str, Any] = {"dates": club.dates, "present": club.present.get(student, 0), "happened_on": club.last}
    if known is None:
        return Result.objects.create(
            student_id=student, school=group.school, district_id=group.school.district_id, kind=Result.Kind.CLUB,
            group=group, term=club.term, school_year=club.term.school_year, state=Result.State.CONFIRMED,
            entered_at=clock.now(), confirmed_at=clock.now(), **now,
        )  # fmt: skip
    if known.state == Result.State.WITHDRAWN:
        move(known, "restore", by=by, confirmed_at=clock.now(), why="", **now)
        return known
    if any(getattr(known, name) != value for name, value in now.items()):
        Result.objects.filter(pk=known.pk).update(**now)
        return known
    return None
