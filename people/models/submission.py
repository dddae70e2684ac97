"""Submission: a form that was sent once, so that sending it again shows what the first time made."""

from django.db import models

from people.models.user import User


class Submission(models.Model):
    """`key` comes with the form, `location` is where the first answer led. Forgotten after a day (people.once)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()
    location = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="submission_once", fields=["user", "key"])]
