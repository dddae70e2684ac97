"""Assignment: a counselor gives one session of a school or venue; asked by one side, accepted by both."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models.scope import within
from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock

from .both_sides import BothSides, accepted_as_state_says
from .session import Session
from .span import Slot, one_place_at_a_time


class AssignmentQuerySet(models.QuerySet):
    def live(self):
        """Both agreed: the counselor's time is taken."""
        return self.filter(is_live=True)

    def upcoming(self):
        return self.filter(starts_at__gt=clock.now())

    def past(self):
        return self.filter(ends_at__lte=clock.now())

    def awaiting(self, side: str):
        """What waits for the answer of the `host` or of the `counselor`, while the session still lies ahead."""
        state = Assignment.State.APPLIED if side == "host" else Assignment.State.INVITED
        return self.filter(state=state, session__state="open").upcoming()

    def with_names(self):
        return self.select_related(
            "contact__user",
            "session__programme", "session__place", "session__hall", "host", "counselor__organisation",
            "district",
        )  # fmt: skip

    def visible_to(self, actor):
        """The host's own, the counselor's own, a district's own; a teacher sees whom both sides chose."""
        if actor.role == Role.COUNSELOR:
            return self.filter(counselor=actor.organisation_id)
        if actor.is_teacher:
            led = Session.bookings.rel.related_model.objects.visible_to(actor)
            return self.filter(host=actor.organisation_id, session__in=led.values("session")).live()
        return within(self, actor, district="district", own="host")


class Assignment(BothSides, Slot):
    """One row a session and counselor, whatever they ask each other over time; the trail keeps every turn.

    `host` is the school or venue that invites or was asked: one of the session's own. `district` is the one whose
    listing and check count. `is_live` exactly while both sides agree.
    """

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("assignment", "waiting for the counselor")
        APPLIED = "applied", pgettext_lazy("assignment", "waiting for the host")
        CONFIRMED = "confirmed", pgettext_lazy("assignment", "both agreed")
        DECLINED = "declined", pgettext_lazy("assignment", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("assignment", "withdrawn")
        REOPENED = "reopened", pgettext_lazy("assignment", "to be filled again")
        CANCELLED = "cancelled", pgettext_lazy("assignment", "session cancelled")

    class Lacking(models.TextChoices):
        """Why an assignment was reopened."""

        CHECK = "check", _("the background check does not cover the day")
        LISTING = "listing", _("the counselor is not listed in the district")

    TONES = {
        State.INVITED: ("turn", "half"),
        State.APPLIED: ("turn", "half"),
        State.CONFIRMED: ("solid", "full"),
        State.DECLINED: ("grey", "none"),
        State.WITHDRAWN: ("grey", "none"),
        State.REOPENED: ("red", "hollow"),
        State.CANCELLED: ("grey", "none"),
    }
    MOVES = table(
        Move(
            "invite",
            (State.DECLINED, State.WITHDRAWN, State.REOPENED),
            State.INVITED,
            Permission.ASSIGNMENT_HOST,
            pgettext_lazy("move", "Invite"),
        ),
        Move(
            "apply",
            (State.DECLINED, State.WITHDRAWN, State.REOPENED),
            State.APPLIED,
            Permission.ASSIGNMENT_SERVE,
            pgettext_lazy("move", "Apply for the session"),
        ),
        Move(
            "accept",
            (State.INVITED,),
            State.CONFIRMED,
            Permission.ASSIGNMENT_SERVE,
            pgettext_lazy("move", "Accept the invitation"),
        ),
        Move(
            "take_on",
            (State.APPLIED,),
            State.CONFIRMED,
            Permission.ASSIGNMENT_HOST,
            pgettext_lazy("move", "Accept the application"),
        ),
        Move(
            "decline",
            (State.INVITED,),
            State.DECLINED,
            Permission.ASSIGNMENT_SERVE,
            pgettext_lazy("move", "Decline the invitation"),
        ),
        Move(
            "turn_down",
            (State.APPLIED,),
            State.DECLINED,
            Permission.ASSIGNMENT_HOST,
            pgettext_lazy("move", "Decline the application"),
        ),
        Move(
            "withdraw",
            (State.APPLIED,),
            State.WITHDRAWN,
            Permission.ASSIGNMENT_SERVE,
            pgettext_lazy("move", "Withdraw the application"),
        ),
        Move(
            "recall",
            (State.INVITED,),
            State.WITHDRAWN,
            Permission.ASSIGNMENT_HOST,
            pgettext_lazy("move", "Withdraw the invitation"),
        ),
        Move(
            "give_up",
            (State.CONFIRMED,),
            State.WITHDRAWN,
            Permission.ASSIGNMENT_SERVE,
            pgettext_lazy("move", "I can't come"),
        ),
        Move(
            "release",
            (State.CONFIRMED,),
            State.WITHDRAWN,
            Permission.ASSIGNMENT_HOST,
            pgettext_lazy("move", "Release the counselor"),
        ),
        # what follows from something else: a moved or cancelled session, a check or listing that no longer counts
        Move("ask_again", (State.CONFIRMED,), State.INVITED, Permission.ASSIGNMENT_FOLLOW, alone=False),
        Move(  # to the date that its group moves to (ending_sessions.py)
            "go_along",
            (State.INVITED, State.CONFIRMED),
            State.INVITED,
            Permission.ASSIGNMENT_FOLLOW,
            alone=False,
        ),
        Move("reopen", (State.CONFIRMED,), State.REOPENED, Permission.ASSIGNMENT_FOLLOW, alone=False),
        Move(
            "cancel",
            (State.INVITED, State.APPLIED, State.CONFIRMED),
            State.CANCELLED,
            Permission.ASSIGNMENT_FOLLOW,
            alone=False,
        ),
    )

    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="assignments", db_constraint=False)
    host = models.ForeignKey("people.Organisation", models.PROTECT, related_name="assignments_hosted")
    is_live = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    lacking = models.CharField(max_length=10, choices=Lacking, blank=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    contact = models.ForeignKey(
        "people.Membership", models.PROTECT, null=True, blank=True, related_name="counselors_met"
    )  # who looks after the counselor at the host; moves on when work is handed over

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["counselor", "starts_at"], name="assignment_by_counselor"),
            models.Index(fields=["host", "starts_at"], name="assignment_by_host"),
            models.Index(fields=["district", "starts_at"], name="assignment_by_district"),
        ]
        constraints = [
            accepted_as_state_says(
                "assignment_confirmed_by_both",
                both=["confirmed", "reopened"],
                host=["invited"],
                counselor=["applied"],
            ),
            models.UniqueConstraint(
                fields=["session", "counselor"],
                name="assignment_once",
                violation_error_message=_("This counselor has already been asked, or has applied."),
            ),
            models.CheckConstraint(
                name="assignment_live_while_confirmed",
                condition=Q(state="confirmed", is_live=True) | Q(~Q(state="confirmed"), is_live=False),
                violation_error_message=_("A counselor's time is taken exactly while both sides agree."),
            ),
            models.CheckConstraint(
                name="assignment_reopened_says_why",
                condition=Q(~Q(lacking=""), state="reopened") | Q(~Q(state="reopened"), lacking=""),
                violation_error_message=_("A reopened assignment says what is lacking."),
            ),
            ExclusionConstraint(
                name="assignment_one_place",
                expressions=one_place_at_a_time("counselor"),
                condition=Q(is_live=True),
                violation_error_message=_("Not available at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.counselor_id}"

    @property
    def day(self) -> dt.date:
        return timezone.localtime(self.starts_at).date()

    @property
    def has_begun(self) -> bool:
        return clock.now() >= self.starts_at

    def organisation_ids(self) -> set[int]:
        return {self.host_id, self.counselor_id}
