"""Which classes have not been out this term, and sessions that fit each of them. A constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from activities import catalogue, groups
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import Booking, BookingClass, Programme, Session
from activities.models.session import GOES_OUT
from partnerships.models import BookingRules, Enrolment, School, SchoolClass, Term
from people import thresholds
from people.actors import Actor
from portal.lib import clock

LOOKED_AT = 150  # sessions to come that are tried for every class
OFFERED = 3
HALF_YEAR = dt.timedelta(days=150)  # where the district has entered no term
OUT = (Booking.State.REQUESTED, Booking.State.CONFIRMED, Booking.State.ATTENDED)


@dataclass
class Line:
    """One class: when it was out, when it goes, and else what would fit it."""

    school_class: SchoolClass
    pupils: int
    was_out: dt.datetime | None = None
    goes: dt.datetime | None = None
    offers: list[Session] = field(default_factory=list)

    @property
    def is_at_home(self) -> bool:
        return self.was_out is None and self.goes is None


def span_of(school: School, today: dt.date) -> tuple[dt.date, dt.date, Term | None]:
    """First day of the term that runs, the day after its last, and the term; half a year around where none is entered."""
    term = Term.objects.filter(district=school.district_id).on(today).first()
    if term:
        return term.starts_on, term.ends_on, term
    return today - HALF_YEAR, today + HALF_YEAR, None


def lines(school: School, *, by: Actor) -> tuple[list[Line], Term | None]:
    """Every class of the school, lowest grade first, and the term that is looked at."""
    today = clock.today()
    first, before, term = span_of(school, today)
    classes = list(SchoolClass.objects.filter(school=school).studying(today).in_order().with_size(today))
    found = [Line(each, each.size) for each in classes]
    by_class = {line.school_class.pk: line for line in found}
    for key, state, starts_at in _outings(by_class, first, before):
        line = by_class[key]
        if state == Booking.State.ATTENDED:
            line.was_out = max(filter(None, (line.was_out, starts_at)))
        elif starts_at > clock.now():
            line.goes = min(filter(None, (line.goes, starts_at)))
    at_home = [line for line in found if line.is_at_home and line.pupils]
    _suggest(school, at_home, before, by=by)
    return found, term


def _outings(classes: Iterable[int], first: dt.date, before: dt.date) -> Iterable[tuple[int, str, dt.datetime]]:
    """(class, state of the booking, start) of what leads out of the school in the term."""
    rows = BookingClass.objects.filter(
        GOES_OUT,
        school_class__in=classes,
        booking__state__in=OUT,
        session__starts_at__gte=clock.moment(first),
        session__starts_at__lt=clock.moment(before),
    )
    return rows.values_list("school_class_id", "booking__state", "session__starts_at")


def _suggest(school: School, wanted: Sequence[Line], before: dt.date, *, by: Actor) -> None:
    """Up to three sessions for each class, of different programmes where there are any."""
    if not wanted:
        return
    rows = Session.objects.visible_to(by).for_groups().open().upcoming()
    rows = rows.filter(programme__direction=Programme.Direction.GO_OUT, starts_at__lt=clock.moment(before))
    rows = rows.exclude(audience__in=(Session.Audience.TEACHERS, Session.Audience.FAMILIES))
    found = list(catalogue.with_names(rows).order_by("starts_at", "pk")[:LOOKED_AT])
    if not found:
        return
    parts = _groups(school, [line.school_class for line in wanted])
    judge = Judge(found, groups.together(list(parts.values())))
    for line in wanted:
        line.offers = _fitting(judge.for_part(parts[line.school_class.pk]), found)


def _fitting(judge: Judge, found: Sequence[Session]) -> list[Session]:
    """The earliest session of each programme; further ones of the same where there are not three programmes."""
    chosen: list[Session] = []
    again: list[Session] = []
    known: set[int] = set()
    for session in found:
        if session.programme_id in known and len(again) >= OFFERED:
            continue
        if not judge.of(session).may_book:
            continue
        (again if session.programme_id in known else chosen).append(session)
        known.add(session.programme_id)
        if len(chosen) == OFFERED:
            break
    return sorted([*chosen, *again][:OFFERED], key=lambda session: (session.starts_at, session.pk))


def _groups(school: School, classes: Sequence[SchoolClass]) -> dict[int, Group]:
    """Each class as it is today, with the adults that the district asks for."""
    today = clock.today()
    ratio = BookingRules(pupils_per_adult=thresholds.of(school.district_id)["pupils_per_adult"])
    there: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in Enrolment.objects.on(today).filter(school_class__in=classes).order_by("pk"):
        there[enrolment.school_class_id].append(enrolment)
    found = {}
    for school_class in classes:
        pupils, grade = there[school_class.pk], school_class.grade(today)
        small = len(pupils) if grade is not None and grade < 1 else 0
        found[school_class.pk] = Group(
            school,
            Booking.By.CLASSES,
            ratio.adults_for(len(pupils) - small, preschool=small),
            today,
            classes=(school_class,),
            enrolments=tuple(pupils),
            grades=frozenset() if grade is None else frozenset({grade}),
        )
    return found
