"""Appointment 聘任: a school appoints a counselor for a school year, and the counselor accepts."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import Listing
from partnerships.models.school_class import school_year_of
from partnerships.models.scope import within
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock, wording

from .both_sides import BothSides, accepted_as_state_says


class AppointmentQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The school's own, the counselor's own, a district's own."""
        if actor.role == "counselor":
            return self.filter(counselor=actor.organisation_id)
        return within(self, actor, district="district", own="school")

    def awaiting_answer(self):
        return self.filter(state=Appointment.State.OFFERED)

    def in_force(self, day: dt.date):
        """Accepted by both for the school year of `day`, of counselors whom the district lists: what the tile counts."""
        listed = Listing.objects.listed().filter(
            organisation=models.OuterRef("counselor"), district=models.OuterRef("district")
        )
        accepted = self.filter(state=Appointment.State.ACCEPTED, school_year=school_year_of(day))
        return accepted.filter(models.Exists(listed))


class Appointment(BothSides):
    """`school_year` is the year in which it begins: 2026 for 2026—2027."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("appointment", "waiting for the counselor")
        ACCEPTED = "accepted", pgettext_lazy("appointment", "appointed")
        DECLINED = "declined", pgettext_lazy("appointment", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("appointment", "withdrawn")
        ENDED = "ended", pgettext_lazy("appointment", "ended")

    TONES = {
        State.OFFERED: ("turn", "half"),
        State.ACCEPTED: ("solid", "full"),
        State.DECLINED: ("grey", "none"),
        State.WITHDRAWN: ("grey", "none"),
        State.ENDED: ("grey", "none"),
    }
    MOVES = table(
        Move(
            "offer",
            (State.DECLINED, State.WITHDRAWN, State.ENDED),
            State.OFFERED,
            Permission.APPOINTMENT_OFFER,
            pgettext_lazy("move", "Offer the appointment again"),
        ),
        Move(
            "accept",
            (State.OFFERED,),
            State.ACCEPTED,
            Permission.APPOINTMENT_ANSWER,
            pgettext_lazy("move", "Accept the appointment"),
        ),
        Move(
            "decline",
            (State.OFFERED,),
            State.DECLINED,
            Permission.APPOINTMENT_ANSWER,
            pgettext_lazy("move", "Decline the appointment"),
        ),
        Move(
            "withdraw",
            (State.OFFERED,),
            State.WITHDRAWN,
            Permission.APPOINTMENT_OFFER,
            pgettext_lazy("move", "Withdraw the appointment"),
        ),
        Move(
            "end",
            (State.ACCEPTED,),
            State.ENDED,
            Permission.APPOINTMENT_END,
            pgettext_lazy("move", "End the appointment"),
        ),
    )

    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="appointments")
    school_year = models.PositiveSmallIntegerField(_("school year"))
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    offered_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-school_year", "pk"]
        constraints = [
            accepted_as_state_says("appointment_accepted_by_both", both=["accepted", "ended"], host=["offered"]),
            models.UniqueConstraint(
                fields=["school", "counselor", "school_year"],
                name="appointment_once",
                violation_error_message=_("The school has already offered this counselor an appointment for the year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.counselor_id} {self.school_year}"

    @property
    def year_said(self) -> str:
        """2026—2027学年 / school year 2026–2027"""
        years = f"{self.school_year}{wording.dash()}{self.school_year + 1}"
        return f"{years}学年" if wording.reads_chinese() else _("school year %(years)s") % {"years": years}

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.counselor_id}
