"""异常减少保护: how many pupils of a school are off its roll today, by changes and imports together.

The district's share is a share of one day. Several small changes count as one large one, in whichever order they are
proposed, written or brought as files; pupils who only change their class stay on the roll, and a class that has been
through its stage leaves by itself.
"""

import datetime as dt
from collections import Counter
from uuid import UUID

from django.db.models import Q

from partnerships.models import Enrolment, RosterChange, School
from people import thresholds
from portal.lib import clock


def gone_today(school: School) -> dict[UUID, Enrolment]:
    """Who was on the roll and no longer is: ended today, or came today and leaves tomorrow.

    Heads without a name that gave way to new pupils are still there under other ids: they count as far as nobody new
    came into their class.
    """
    today, tomorrow = clock.today(), clock.today() + dt.timedelta(days=1)
    own = Enrolment.objects.filter(school_class__school=school)
    ended = own.filter(Q(ends_on=today) | Q(starts_on=today, ends_on=tomorrow))
    rows = ended.exclude(student__in=own.on(tomorrow).values("student")).select_related(
        "school_class", "student__identity"
    )
    new = Counter(
        own.on(tomorrow)
        .filter(starts_on=today)
        .exclude(student__in=own.filter(starts_on__lt=today).values("student"))
        .values_list("school_class", flat=True)
    )
    gone: dict[UUID, Enrolment] = {}
    for row in rows:
        if row.school_class.leaves_on() <= today:
            continue
        identity = getattr(row.student, "identity", None)
        if not (identity and identity.name_ct) and new[row.school_class_id] > 0:
            new[row.school_class_id] -= 1
            continue
        gone[row.student_id] = row
    return gone


def proposed(school: School, *, but: int | None = None) -> set[UUID]:
    """Whom other open proposals would take off the roll."""
    rows = RosterChange.objects.proposed().filter(school=school, kind=RosterChange.Kind.LEAVE).exclude(pk=but)
    return {student for students in rows.values_list("students", flat=True) for student in students}


def enrolled(school: School) -> int:
    """Pupils of the school before anybody left today."""
    return Enrolment.objects.on(clock.today()).filter(school_class__school=school).count() + len(gone_today(school))


def stops(school: School, leaving: int, of: int) -> bool:
    """Whether so many of so many pupils are more than one person may take off the roll in a day."""
    values = thresholds.of(school.district_id)
    return exceeds(leaving, of, percent=values["roster_brake_percent"], least=values["roster_brake_least"])


def exceeds(leaving: int, of: int, *, percent: int, least: int) -> bool:
    return leaving >= least and 100 * leaving > percent * of
