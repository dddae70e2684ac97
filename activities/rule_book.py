"""Every rule of booking, in the order in which people read what is not met."""

from collections.abc import Callable

from activities import caps, clashes, rules
from activities.case import Case
from activities.models import Session
from activities.verdicts import Broken

Rule = Callable[[Case, Session], Broken | None]

COMMON: tuple[Rule, ...] = (
    rules.is_open,
    rules.is_no_day_off,
    rules.has_room,
    rules.has_no_queue,
    rules.is_for_group,
    rules.is_for_grades,
    clashes.pupils_are_free,
    clashes.classes_are_free,
    clashes.can_be_there_in_time,
)
OF_A_HOST: tuple[Rule, ...] = (
    rules.is_listed,
    rules.is_not_on_hold,
    rules.is_large_enough,
    rules.is_small_enough,
    caps.class_leaves_room_for_others,
    rules.is_in_time,
    rules.is_not_too_early,
    rules.is_open_that_day,
    rules.is_no_holiday,
    rules.half_day_has_room,
    rules.day_has_room,
    caps.venue_takes_the_school_again,
    caps.class_goes_out_again,
    rules.has_adults,
    rules.has_agreement,
    rules.has_commitment_left,
)
