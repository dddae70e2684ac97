"""Who would come: classes, an activity group or a head count of one school, as they are on a day.

The catalogue, the eligibility engine and the booking all speak of the same `Group`.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from activities.models import Booking, WaitlistEntry
from partnerships.models import ActivityGroup, BookingRules, Enrolment, School, SchoolClass
from people import thresholds
from portal.lib import wording
from portal.lib.errors import Refused


@dataclass(frozen=True)
class Group:
    """A group of one school. `heads` are pupils without a stored name, by class (key 0: of no class)."""

    school: School
    by: str
    adults: int
    day: dt.date
    classes: tuple[SchoolClass, ...] = ()
    activity_group: ActivityGroup | None = None
    enrolments: tuple[Enrolment, ...] = ()
    heads: Mapping[int, int] = field(default_factory=dict)
    grades: frozenset[int] = frozenset()
    on_sheet: bool = False  # where an agreement is wanting, both sides accept a confirmation sheet for this one visit

    def label(self) -> str:
        """五（2）班、五（3）班, the club's name, or the head count."""
        if self.activity_group:
            return self.activity_group.name
        if self.classes:
            return wording.listed([school_class.label(self.day) for school_class in self.classes])
        return ngettext("%(n)s pupil", "%(n)s pupils", self.pupils) % {"n": self.pupils}

    @property
    def pupils(self) -> int:
        return len(self.enrolments) + sum(self.heads.values())

    @property
    def by_roster(self) -> bool:
        """Every pupil stands on the roll by name."""
        return bool(self.enrolments) and not any(self.heads.values())

    @property
    def is_entitled(self) -> bool:
        """Whether places held back for rural and supported schools are open to this school."""
        return self.school.may_take_held_back

    @property
    def preschool(self) -> int:
        """Pupils before grade 1, who need more adults."""
        small = {school_class.pk for school_class in self.classes if (school_class.grade(self.day) or 1) < 1}
        return sum(enrolment.school_class_id in small for enrolment in self.enrolments) + sum(
            heads for key, heads in self.heads.items() if key in small
        )


def usual_adults(group: Group) -> int:
    """How many adults the district's ratio asks for: what a form proposes before anybody has said a number."""
    ratio = BookingRules(pupils_per_adult=thresholds.of(group.school.district_id)["pupils_per_adult"])
    return ratio.adults_for(group.pupils - group.preschool, preschool=group.preschool)


def of_classes(
    school: School,
    classes: Sequence[SchoolClass],
    *,
    on: dt.date,
    adults: int,
    heads: Mapping[int, int] | None = None,
) -> Group:
    """Whole classes: everybody enrolled on the day; a class without stored names comes as `heads`.

    Raises Refused when no class is chosen, one is of another school, or one without names has no head count.
    """
    if not classes:
        raise Refused("group.classes", _("Choose at least one class."))
    if any(school_class.school_id != school.pk for school_class in classes):
        raise Refused("group.school", _("A class of another school can't be booked."))
    enrolments = tuple(
        Enrolment.objects.on(on).filter(school_class__in=classes).select_related("school_class").order_by("pk")
    )
    named = Counter(enrolment.school_class_id for enrolment in enrolments)
    given = heads or {}
    unnamed = {
        school_class.pk: int(given.get(school_class.pk, 0)) for school_class in classes if not named[school_class.pk]
    }
    for school_class in classes:
        if not named[school_class.pk] and unnamed[school_class.pk] < 1:
            raise Refused(
                "group.heads",
                _("Enter how many pupils of %(class)s come: its names are not in the portal yet."),
                **{"class": school_class.label(on)},
            )
    grades = frozenset(grade for school_class in classes if (grade := school_class.grade(on)) is not None)
    return Group(
        school,
        Booking.By.CLASSES,
        adults,
        on,
        classes=tuple(classes),
        enrolments=enrolments,
        heads=unnamed,
        grades=grades,
    )


def of_activity_group(activity_group: ActivityGroup, *, on: dt.date, adults: int) -> Group:
    """The members of an activity group on a day, each with the class they are in.

    Raises Refused when nobody is in the group that day.
    """
    members = activity_group.members.on(on).values("student")
    enrolments = tuple(
        Enrolment.objects.on(on).filter(student__in=members).select_related("school_class").order_by("pk")
    )
    if not enrolments:
        raise Refused("group.members", _("Nobody is in this activity group on that day. Add its pupils first."))
    grades = frozenset(grade for enrolment in enrolments if (grade := enrolment.school_class.grade(on)) is not None)
    return Group(
        activity_group.school,
        Booking.By.GROUP,
        adults,
        on,
        activity_group=activity_group,
        enrolments=enrolments,
        grades=grades,
    )


def of_heads(school: School, pupils: int, *, on: dt.date, adults: int, grades: Sequence[int] = ()) -> Group:
    """So many pupils without names, and the grades they are said to be in."""
    if pupils < 1:
        raise Refused("group.heads", _("A group has at least one pupil."))
    return Group(school, Booking.By.HEADS, adults, on, heads={0: pupils}, grades=frozenset(grades))


def of_booking(booking: Booking, *, on: dt.date) -> Group:
    """The group of a booking (loaded `with_group`) on another day: the same pupils, classes and heads."""
    rows = sorted(booking.classes.all(), key=lambda row: row.pk)
    heads = {row.school_class_id: row.heads for row in rows if row.heads}
    enrolments = sorted((entry.enrolment for entry in booking.roll.all()), key=lambda enrolment: enrolment.pk)
    if booking.by == Booking.By.HEADS:
        heads = {0: booking.pupils}
    return Group(
        booking.school,
        booking.by,
        booking.adults,
        on,
        classes=tuple(row.school_class for row in rows),
        activity_group=booking.group,
        enrolments=tuple(enrolments),
        heads=heads,
        grades=frozenset(int(grade) for grade in booking.grades.split(",") if grade),
        on_sheet=booking.on_sheet,
    )


def of_waiting(entry: WaitlistEntry, classes: Iterable[int] | None = None, heads: int = 0) -> Group:
    """The group of a waiting entry as it is today; with `classes` or `heads` only that part of it."""
    return replace(_of_waiting(entry, classes, heads), on_sheet=entry.on_sheet)


def _of_waiting(entry: WaitlistEntry, classes: Iterable[int] | None, heads: int) -> Group:
    day = entry.session.day
    if entry.group:
        return of_activity_group(entry.group, on=day, adults=entry.adults)
    if entry.by == Booking.By.HEADS:
        return of_heads(entry.school, heads or entry.heads, on=day, adults=entry.adults)
    wanted = None if classes is None else set(classes)
    rows = [row for row in entry.classes.all() if wanted is None or row.school_class_id in wanted]
    counts = {row.school_class_id: row.heads for row in rows}
    return of_classes(entry.school, [row.school_class for row in rows], on=day, adults=entry.adults, heads=counts)


def by_class(group: Group) -> list[Group]:
    """Each class of the group by itself."""
    return [
        replace(
            group,
            classes=(school_class,),
            enrolments=tuple(row for row in group.enrolments if row.school_class_id == school_class.pk),
            heads={school_class.pk: heads} if (heads := group.heads.get(school_class.pk, 0)) else {},
            grades=frozenset(grade for grade in [school_class.grade(group.day)] if grade is not None),
        )
        for school_class in group.classes
    ]


def together(parts: Sequence[Group]) -> Group:
    """All pupils, classes and heads of several groups of one school as one: whose plans are asked for at once."""
    return replace(
        parts[0],
        adults=sum(part.adults for part in parts),
        classes=tuple(school_class for part in parts for school_class in part.classes),
        enrolments=tuple(enrolment for part in parts for enrolment in part.enrolments),
        heads=dict(sum((Counter(part.heads) for part in parts), Counter())),
        grades=frozenset(grade for part in parts for grade in part.grades),
    )
