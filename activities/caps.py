"""Rules about how often and how many: visits a school year of a school or a class, pupils of one class in a session."""

from collections import Counter

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from activities.case import Case
from activities.models import Session
from activities.verdicts import Broken
from partnerships.models.school_class import school_year_of


def venue_takes_the_school_again(case: Case, session: Session) -> Broken | None:
    most = case.rules_of(session).visits_a_year
    had = case.visits[session.provider_id, school_year_of(session.day)]
    if most is None or had < most:
        return None
    return Broken(
        "venue.visits_a_year",
        _("The venue receives %(most)s groups of one school a school year; yours has booked %(had)s."),
        "venue",
        {"most": most, "had": had},
        _("Choose another venue."),
    )


def class_goes_out_again(case: Case, session: Session) -> Broken | None:
    most, year = case.values["class_visits_a_year"], school_year_of(session.day)
    full = [one for one in case.group.classes if case.class_visits[one.pk, year] >= most]
    if not most or not full:
        return None
    return Broken(
        "district.class_visits",
        _("A class makes %(most)s visits a school year; %(names)s has made or booked them."),
        "district",
        {"most": most, "names": [lazy(one.label, str)(session.day) for one in full]},
        _("Let another class go."),
        is_default=case.values.is_default("class_visits_a_year"),
    )


def class_leaves_room_for_others(case: Case, session: Session) -> Broken | None:
    """每班上限: how many pupils of one class may come to one session; pupils of no class are not counted."""
    most = case.rules_of(session).pupils_of_a_class
    if most is None:
        return None
    counts = Counter(enrolment.school_class_id for enrolment in case.group.enrolments)
    counts.update({key: heads for key, heads in case.group.heads.items() if key})
    largest = max(counts.values(), default=0)
    if largest <= most:
        return None
    return Broken(
        "venue.class_share",
        _("At most %(most)s pupils of one class come to a session; of yours %(largest)s would."),
        "venue",
        {"most": most, "largest": largest},
        _("Send some pupils of several classes, as an activity group."),
    )
