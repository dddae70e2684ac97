"""Who gets how much: the share that rural and underserved schools have of the visits, against their share of pupils."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Booking
from partnerships.models import Enrolment, School, SchoolClass
from portal.lib import wording
from portal.reports.figure import Value
from portal.reports.scope import Scope

RURAL = Q(locality=School.Locality.RURAL)
UNDERSERVED = Q(is_underserved=True)


def along(path: str, condition: Q) -> Q:
    """The same condition about a school, along `path` to it."""
    return Q(*((f"{path}{field}", value) for field, value in condition.children))


def visits_of(condition: Q) -> Callable[[Scope], Value]:
    """Pupil visits of these schools, of all pupil visits."""

    def value(scope: Scope) -> Value:
        on_roll = scope.roll.filter(along("booking__school__", condition)).count()
        heads = bookings_of(condition)(scope).aggregate(heads=Coalesce(Sum("attended"), 0))["heads"]
        return Value(on_roll + heads, scope.on_roll + scope.heads)

    return value


def bookings_of(condition: Q) -> Callable[[Scope], QuerySet[Booking]]:
    return lambda scope: scope.bookings.filter(along("school__", condition))


def enrolled(scope: Scope) -> QuerySet[Enrolment]:
    """Pupils in a class of the scope's schools on the last day counted."""
    return Enrolment.objects.on(scope.as_of).filter(school_class__school__in=scope.schools.values("pk"))


def pupils_of(condition: Q) -> Callable[[Scope], Value]:
    """Pupils of these schools, of all pupils, by the class lists."""

    def value(scope: Scope) -> Value:
        rows = enrolled(scope)
        return Value(rows.filter(along("school_class__school__", condition)).count(), rows.count())

    return value


def classes_of(condition: Q) -> Callable[[Scope], QuerySet[SchoolClass]]:
    """Classes of these schools with pupils on the last day counted."""

    def rows(scope: Scope) -> QuerySet[SchoolClass]:
        own = enrolled(scope).filter(along("school_class__school__", condition))
        return SchoolClass.objects.filter(pk__in=own.values("school_class"))

    return rows


@dataclass(frozen=True)
class Share:
    """One kind of school: its share of pupils against its share of visits. 1 is even."""

    label: str | Promise
    pupils: Value
    visits: Value
    is_flag: bool = False  # tells which schools are underserved: not for every reader

    @property
    def times(self) -> float | None:
        if not self.pupils.share or self.visits.share is None:
            return None
        return float(self.visits.share / self.pupils.share)

    @property
    def shown(self) -> tuple[str, str, str]:
        """Of pupils, of visits, and how many times the one is in the other."""
        pupils, visits = (
            wording.percent(int(one.number or 0), one.denominator or 0) for one in (self.pupils, self.visits)
        )
        return pupils, visits, "—" if self.times is None else f"× {self.times:.2f}"


def shares(scope: Scope) -> list[Share]:
    """Urban, town, rural, and of these the underserved; kinds without a school are left out."""
    kinds = [(label, Q(locality=code), False) for code, label in School.Locality.choices]
    kinds.append((_("Underserved schools"), UNDERSERVED, True))
    found = [Share(label, pupils_of(kind)(scope), visits_of(kind)(scope), flag) for label, kind, flag in kinds]
    return [share for share in found if share.pupils.number or share.visits.number]
