"""Sentences of what the database refuses by trigger or by foreign key, and models can't declare (0002_guards)."""

from django.utils.translation import gettext_lazy as _

from people.workflow import SENTENCES

SENTENCES |= {
    "rollentry_follows_session": _("The time of a pupil is the time of the session."),
    "bookingclass_follows_session": _("The time of a class is the time of the session."),
    "assignment_follows_session": _("The time of a counselor is the time of the session."),
    "assignment_host_of_session": _("Only a school or venue whose session it is can have a counselor for it."),
    "assignment_sides_act_themselves": _("Each side accepts for itself; nobody assigns a counselor."),
    "appointment_sides_act_themselves": _("Each side accepts for itself; nobody assigns a counselor."),
    "activities_check_append_only": _("The answer of a check is never changed: record the next one."),
    "check_by_a_bureau": _("Only an education bureau asks for a background check."),
    "counselor_of_its_kind": _("Only an organisation of one person is a counselor."),
    "service_minutes_are_its_time": _("The time of a record is its minutes."),
    "service_settled_is_final": _("Settled hours are never changed. Correct them by a line in the next settlement."),
    "settlement_lines_frozen": _("Lines change only while the settlement is being gathered."),
    "settlement_line_of_record": _("A line is the minutes of confirmed hours, or corrects a locked line."),
    "settlement_locked": _("A locked settlement is never changed. Correct it by a line in the next one."),
    "activities_subsidyrate_append_only": _("Rates are added, never changed."),
    "trainingplace_follows_session": _("The time of a teacher is the time of the session."),
    "activities_rollchange_append_only": _("Corrections of a roll are never changed."),
    "exemption_decided_by_owner": _("Only the owner of a rule grants an exception from it."),
    "appointment_two_people": _("You have accepted for the other side: a colleague accepts for this one."),
    "assignment_two_people": _("You have accepted for the other side: a colleague accepts for this one."),
    "confirmationsheet_two_people": _("You have accepted for the other side: a colleague accepts for this one."),
    "exemption_two_people": _("You have asked for this exception yourself: a colleague decides."),
    "noshow_two_people": _("You have disputed this no-show yourself: a colleague decides."),
    "outing_two_people": _("You have approved this outing for the school: a colleague files it for the bureau."),
    "request_hall_of_host": _("Choose one of the halls of the venue that is asked."),
    "booking_slots_follow_state": _("A dead booking frees its pupils and classes; a live one keeps them."),
    "booking_rests_on_sheet": _(
        "There is no agreement for this visit: both sides accept its confirmation sheet first."
    ),
    "booking_rests_on_force": _("The agreement has just been ended or suspended."),
    "agreement_carries_bookings": _(
        "Bookings to come still rest on this agreement. Decide first what becomes of them."
    ),
}
