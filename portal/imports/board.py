"""Which schools' rosters are in: the bureau's board, in counts. A few queries, however many schools."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from partnerships.models import Enrolment, School, SchoolClass
from people.actors import Actor
from portal.lib import clock
from portal.models import ImportPart, ImportRun


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One school: classes and pupils of today, when its roster last came, and its part of a list of groups."""

    school: School
    classes: int
    pupils: int
    written_at: dt.datetime | None
    part: ImportPart | None

    @property
    def is_in(self) -> bool:
        return self.pupils > 0


def lines(actor: Actor) -> list[BoardLine]:
    """Every school that the actor sees, those without a roster first."""
    today = clock.today()
    schools = School.objects.visible_to(actor).order_by("organisation__name_zh")
    of_schools = Q(school__in=schools.values("pk"))
    classes = counts(SchoolClass.objects.studying(today).filter(of_schools).values_list("school"))
    enrolled = Enrolment.objects.on(today).filter(school_class__school__in=schools.values("pk"))
    pupils = counts(enrolled.values_list("school_class__school"))
    written = dict(
        ImportRun.objects.visible_to(actor)
        .for_rosters()
        .values_list("organisation")
        .annotate(last=Max("written_at"))
        .order_by()
    )
    parts = {
        part.school_id: part for part in ImportPart.objects.visible_to(actor).select_related("answer").order_by("pk")
    }
    found = [
        BoardLine(
            school, classes.get(school.pk, 0), pupils.get(school.pk, 0), written.get(school.pk), parts.get(school.pk)
        )
        for school in schools
    ]
    return sorted(found, key=lambda line: line.is_in)


def counts(rows) -> dict[int, int]:
    return dict(rows.annotate(n=Count("pk")).order_by())
