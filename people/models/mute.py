"""Mute 免打扰: a kind of notice that a person does not want by mail. Duties can't be muted; the inbox keeps everything."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.user import User

if TYPE_CHECKING:
    from people.actors import Actor


class MuteQuerySet(models.QuerySet["Mute"]):
    def visible_to(self, actor: "Actor") -> "MuteQuerySet":
        return self.filter(user=actor.user) if actor.user else self.none()


class Mute(models.Model):
    user = models.ForeignKey(User, models.PROTECT, related_name="mutes")
    kind = models.CharField(max_length=60)

    objects = MuteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="mute_once", fields=["user", "kind"], violation_error_message=_("This kind is muted already.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.kind}"
