"""Robot 群机器人: a group of a district's work chat that hears some kinds of notices. Its address opens the group: sealed."""

import json
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.district import District
from people.models.user import User
from portal.lib import keys, sealing

if TYPE_CHECKING:
    from people.actors import Actor


class RobotQuerySet(models.QuerySet["Robot"]):
    def visible_to(self, actor: "Actor") -> "RobotQuerySet":
        if actor.is_system:
            return self
        return self.filter(district_id=actor.district_id) if actor.is_bureau else self.none()

    def hearing(self, kind: str, district_id: int) -> "RobotQuerySet":
        """Switched-on robots of a district that hear this kind."""
        return self.filter(district_id=district_id, is_on=True, kinds__contains=[kind])


class Robot(models.Model):
    """`host` is shown; address and signing secret lie sealed together, bound to this robot's own key."""

    class Form(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")

    district = models.ForeignKey(District, models.PROTECT, related_name="robots")
    name = models.CharField(_("name of the group"), max_length=60)
    form = models.CharField(_("chat"), max_length=10, choices=Form)
    key = models.UUIDField(default=keys.fresh, editable=False, unique=True)
    host = models.CharField(_("server"), max_length=200)
    sealed = models.BinaryField(editable=False)
    key_id = models.SmallIntegerField(editable=False)
    kinds = ArrayField(models.CharField(max_length=60), default=list)
    is_on = models.BooleanField(_("switched on"), default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RobotQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="robot_name_once",
                fields=["district", "name"],
                violation_error_message=_("Your district already has a robot of that name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def seal(self, address: str, secret: str) -> None:
        """Put address and signing secret in; only the host stays readable."""
        self.host = urlsplit(address).hostname or ""
        plain = json.dumps({"address": address, "secret": secret}).encode()
        self.key_id, self.sealed = sealing.seal(plain, bound_to=self._binding)

    def open(self) -> tuple[str, str]:
        """(address, signing secret)"""
        plain = json.loads(sealing.open_sealed(self.sealed, key_id=self.key_id, bound_to=self._binding))
        return plain["address"], plain["secret"]

    @property
    def _binding(self) -> str:
        return f"robot:{uuid.UUID(str(self.key)).hex}"

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
