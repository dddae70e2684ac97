"""Teacher training 教师培训: a teacher's place in a session for teachers, and the hours that it brought."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock

from .span import Slot, one_place_at_a_time


class State(models.TextChoices):
    SIGNED_UP = "signed_up", pgettext_lazy("training", "signed up")
    ATTENDED = "attended", pgettext_lazy("training", "attended")
    ABSENT = "absent", pgettext_lazy("training", "absent")
    WITHDRAWN = "withdrawn", pgettext_lazy("training", "withdrawn")
    CANCELLED = "cancelled", pgettext_lazy("training", "cancelled by the giver")


LIVE = (State.SIGNED_UP, State.ATTENDED, State.ABSENT)


class TrainingPlaceQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=LIVE)

    def attended(self):
        return self.filter(state=State.ATTENDED)

    def visible_to(self, actor):
        """The giver and the school; a teacher the own ones; offices those of their district."""
        if actor.is_system:
            return self
        if actor.is_office:
            return self.filter(district_id=actor.district_id)
        if actor.organisation_id is None:
            return self.none()
        if actor.is_teacher:
            return self.filter(user=actor.user)
        return self.filter(Q(school=actor.organisation_id) | Q(session__provider=actor.organisation_id))


class TrainingPlace(Slot):
    """One teacher in one session, once. `user` is copied from the hat, so that a person is in one place at a time."""

    State = State
    TONES = {
        State.SIGNED_UP: ("teal", "half"),
        State.ATTENDED: ("solid", "full"),
        State.ABSENT: ("grey", "hollow"),
        State.WITHDRAWN: ("grey", "none"),
        State.CANCELLED: ("grey", "none"),
    }
    MOVES = table(
        Move(
            "attend",
            (State.SIGNED_UP, State.ABSENT),
            State.ATTENDED,
            Permission.TRAINING_CONFIRM,
            pgettext_lazy("training", "Was there"),
        ),
        Move(
            "miss",
            (State.SIGNED_UP, State.ATTENDED),
            State.ABSENT,
            Permission.TRAINING_CONFIRM,
            pgettext_lazy("training", "Was not there"),
        ),
        Move(
            "withdraw",
            (State.SIGNED_UP,),
            State.WITHDRAWN,
            Permission.TRAINING_SIGN_UP,
            pgettext_lazy("training", "Give up the place"),
        ),
        Move(
            "cancel",
            (State.SIGNED_UP,),
            State.CANCELLED,
            Permission.SESSION_CANCEL,
            pgettext_lazy("training", "Cancel the place"),
        ),
    )

    session = models.ForeignKey(
        "activities.Session", models.PROTECT, related_name="training_places", db_constraint=False
    )
    teacher = models.ForeignKey("people.Membership", models.PROTECT, related_name="training_places")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="training_places")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.SIGNED_UP)
    hours = models.DecimalField(_("training hours"), max_digits=5, decimal_places=1, default=0)
    signed_up_at = models.DateTimeField(default=clock.now)
    signed_up_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")

    objects = TrainingPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["session", "school", "pk"]
        constraints = [
            ExclusionConstraint(
                expressions=one_place_at_a_time("user"),
                condition=Q(is_live=True),
                name="training_one_place_at_a_time",
                violation_error_message=_("This teacher has a place in this or another training at that time."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, is_live=True) | (~Q(state__in=LIVE) & Q(is_live=False)),
                name="training_live_follows_state",
                violation_error_message=_("A place that was given up frees the teacher's time; a live one takes it."),
            ),
            models.CheckConstraint(
                condition=Q(state="attended", hours__gt=0) | (~Q(state="attended") & Q(hours=0)),
                name="training_hours_follow_attendance",
                violation_error_message=_("Hours come from being there, and from nothing else."),
            ),
        ]

    def __str__(self) -> str:
        return f"training place {self.pk}"

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.session.provider_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
