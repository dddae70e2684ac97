"""Notice 通知: one message for one person, kept as kind and facts so that the inbox renders it in their language."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.user import User

if TYPE_CHECKING:
    from people.actors import Actor


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: "Actor") -> "NoticeQuerySet":
        return self.filter(user=actor.user) if actor.user else self.none()

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """`due_slot` tells two notices of one kind about one thing apart (“7 days before”, “1 day before”)."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    user = models.ForeignKey(User, models.PROTECT, related_name="notices")
    facts = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    due_slot = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="notice_once",
                fields=["kind", "subject", "user", "due_slot"],
                violation_error_message=_("This person has been told already."),
            )
        ]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def key_of(self, noun: str) -> int:
        """The row's key out of a subject such as `booking:17:…`; 0, which no row has, when it is another noun."""
        word, _colon, rest = self.subject.partition(":")
        key = rest.partition(":")[0]
        return int(key) if word == noun and key.isascii() and key.isdigit() else 0
