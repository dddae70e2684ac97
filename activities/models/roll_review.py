"""RollReview 待核对: what a roll says that can't be so, until somebody of the school has looked at it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("roll review", "To check")
    MOVED = "moved", pgettext_lazy("roll review", "Counted here")
    LEFT = "left", pgettext_lazy("roll review", "Left as it is")


class RollReviewQuerySet(models.QuerySet["RollReview"]):
    def visible_to(self, actor: Actor):
        """Those who keep the school's rolls."""
        if actor.is_system:
            return self
        if not actor.is_school or actor.is_teacher:
            return self.none()
        return self.filter(booking__school=actor.organisation_id or 0)

    def open(self):
        return self.filter(state=State.OPEN)

    def with_names(self):
        wanted = ("session__programme", "session__provider", "group", "school__organisation", "leader__user")
        return self.select_related(
            *(f"booking__{path}" for path in wanted), *(f"other__{path}" for path in wanted), "student",
            "enrolment__school_class",
        ).prefetch_related("booking__classes__school_class", "other__classes__school_class")  # fmt: skip


class RollReview(models.Model):
    """`elsewhere`: a pupil was added who stands on the roll of `other` in the same time.

    `early`: marked long before the start."""

    class Kind(models.TextChoices):
        ELSEWHERE = "elsewhere", pgettext_lazy("roll review", "In two places at once")
        EARLY = "early", pgettext_lazy("roll review", "Marked long before the start")

    State = State
    TONES = {State.OPEN: ("turn", "half"), State.MOVED: ("teal", "full"), State.LEFT: ("grey", "none")}
    MOVES = table(
        Move(
            "count_here",
            (State.OPEN,),
            State.MOVED,
            Permission.ROLL_REVIEW,
            pgettext_lazy("move", "Count the pupil here"),
        ),
        Move("leave", (State.OPEN,), State.LEFT, Permission.ROLL_REVIEW, pgettext_lazy("move", "Leave it as it is")),
    )

    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=Kind)
    student = models.ForeignKey("partnerships.Student", models.PROTECT, null=True, blank=True, related_name="+")
    enrolment = models.ForeignKey("partnerships.Enrolment", models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey("activities.Booking", models.PROTECT, null=True, blank=True, related_name="+")
    acted_at = models.DateTimeField(null=True, blank=True)  # when the leader marked, by the leader's phone
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(_("reason"), max_length=200, blank=True)

    objects = RollReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "kind", "student"],
                nulls_distinct=False,
                name="rollreview_once",
                violation_error_message=_("This is being checked already."),
            ),
            models.CheckConstraint(
                name="rollreview_says_what",
                condition=Q(kind="elsewhere", student__isnull=False, enrolment__isnull=False, other__isnull=False)
                | Q(kind="early", student__isnull=True, acted_at__isnull=False),
                violation_error_message=_("What is to be checked names the pupil and the other roll, or the time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.kind}"

    @property
    def may_move(self) -> bool:
        """Both rolls are the school's own."""
        return self.other is not None and self.other.school_id == self.booking.school_id

    def organisation_ids(self) -> set[int]:
        return {self.booking.school_id}

    def district_ids(self) -> set[int]:
        return {self.booking.district_id}
