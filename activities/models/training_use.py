"""A teacher training that an agreement's commitment counts as delivered."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingUse(models.Model):
    """One session once a commitment; it stands as long as a teacher of the agreement's schools was there."""

    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="training_uses")
    commitment = models.ForeignKey("partnerships.Commitment", models.PROTECT, related_name="training_uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "commitment"],
                name="training_use_once",
                violation_error_message=_("This training already counts toward the commitment."),
            )
        ]
