"""Sentences of what the database refuses by trigger or by foreign key, and models can't declare (0002_guards)."""

from django.utils.translation import gettext_lazy as _

from people.workflow import SENTENCES

SENTENCES |= {
    "rollentry_follows_session": _("The time of a pupil is the time of the session."),
    "bookingclass_follows_session": _("The time of a class is the time of the session."),
    "activities_rollchange_append_only": _("Corrections of a roll are never changed."),
    "booking_slots_follow_state": _("A dead booking frees its pupils and classes; a live one keeps them."),
}
