"""Delivery 发送: one notice on its way out by one channel, with lease, back-off and end. The queue is this table."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models.notice import Notice
from people.models.robot import Robot
from portal.lib import clock

if TYPE_CHECKING:
    from people.actors import Actor


class Channel(models.TextChoices):
    MAIL = "mail", pgettext_lazy("channel", "e-mail")
    ROBOT = "robot", _("group robot")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, actor: "Actor") -> "DeliveryQuerySet":
        """Only those who run the portal, and they see no facts of the notice."""
        return self.all() if actor.is_administrator or actor.is_system else self.none()

    def waiting(self) -> "DeliveryQuerySet":
        """Neither sent, nor dropped, nor given up."""
        return self.filter(sent_at__isnull=True, dropped_at__isnull=True, dead_at__isnull=True)

    def due(self) -> "DeliveryQuerySet":
        """Waiting, its time has come, and nobody holds a lease on it."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=clock.now())
        return self.waiting().filter(free, next_try_at__lte=clock.now())

    def over(self, before: dt.datetime) -> "DeliveryQuerySet":
        """Sent, or dropped, before a moment; nobody asks about them any more."""
        return self.filter(Q(sent_at__lt=before) | Q(dropped_at__lt=before))

    def dead(self) -> "DeliveryQuerySet":
        return self.filter(dead_at__isnull=False)


class Delivery(models.Model):
    """At most one end: sent, dropped because its cause has gone, or dead. `about` keeps a robot from saying it twice."""

    Channel = Channel

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    robot = models.ForeignKey(Robot, models.PROTECT, null=True, related_name="deliveries")
    about = models.CharField(max_length=182, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=120, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="delivery_once",
                fields=["notice", "channel", "robot"],
                nulls_distinct=False,
                violation_error_message=_("This notice is on its way by this channel already."),
            ),
            models.UniqueConstraint(
                name="delivery_robot_once",
                fields=["robot", "about"],
                condition=Q(robot__isnull=False),
                violation_error_message=_("This robot has said it already."),
            ),
            models.CheckConstraint(
                name="delivery_robot_fits_channel",
                condition=Q(channel=Channel.ROBOT, robot__isnull=False) | Q(channel=Channel.MAIL, robot__isnull=True),
                violation_error_message=_("A robot speaks in its own channel only."),
            ),
            models.CheckConstraint(
                name="delivery_one_end",
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True)
                | Q(sent_at__isnull=True, dead_at__isnull=True)
                | Q(dropped_at__isnull=True, dead_at__isnull=True),
                violation_error_message=_("A delivery ends once: sent, dropped or given up."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="delivery_waiting",
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True, dead_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.robot.district_id} if self.robot else set()
