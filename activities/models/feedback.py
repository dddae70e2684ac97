"""Feedback 活动评价: how a visit was, said once by the school and once by the host."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from portal.lib import clock


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, actor: Actor):
        """Both sides read both; offices read those of their schools."""
        if actor.is_system:
            return self
        if actor.is_teacher:
            return self.filter(booking__leader=actor.membership)
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        own = actor.organisation_id or 0
        return self.filter(Q(school=own) | Q(host=own))


class Feedback(models.Model):
    """A score from 1 (poor) to 5 (very good) and a few words. Never tied to credits."""

    class Side(models.TextChoices):
        SCHOOL = "school", _("The school")
        HOST = "host", _("The host")

    class Score(models.IntegerChoices):
        POOR = 1, _("Poor")
        FAIR = 2, _("Fair")
        ALL_RIGHT = 3, _("All right")
        GOOD = 4, _("Good")
        VERY_GOOD = 5, _("Very good")

    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="feedback")
    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="+")
    host = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    side = models.CharField(max_length=6, choices=Side)
    score = models.SmallIntegerField(
        _("How was it?"), choices=Score, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    words = models.CharField(_("In your words"), max_length=300, blank=True)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey("people.Membership", models.PROTECT, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "side"],
                name="feedback_once_a_side",
                violation_error_message=_("Your side has said how this visit was."),
            ),
            models.CheckConstraint(
                name="feedback_score_ok",
                condition=Q(score__range=(1, 5)),
                violation_error_message=_("A score lies between 1 and 5."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.side} {self.score}"

    def organisation_ids(self) -> set[int]:
        return {self.school_id, self.host_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
