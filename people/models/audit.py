"""AuditEvent 操作记录: who did what to which row, and when. Append-only, without foreign keys, without names of pupils."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from people.actors import Actor


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, actor: "Actor") -> "AuditQuerySet":
        """The audit reader reads all; a bureau officer the district; a lead the own organisation."""
        if actor.is_audit_reader:
            return self
        if actor.is_office:
            return self.filter(district_id=actor.district_id)
        return self.filter(organisation_id=actor.organisation_id or 0)

    def about(self, obj: models.Model) -> "AuditQuerySet":
        return self.filter(subject_type=obj._meta.label_lower, subject_id=str(obj.pk))


class AuditEvent(models.Model):
    at = models.DateTimeField(_("time"))
    actor_label = models.CharField(_("who"), max_length=120)
    actor_ref = models.CharField(max_length=60)
    organisation_id = models.BigIntegerField(null=True)
    district_id = models.BigIntegerField(null=True)
    verb = models.CharField(_("act"), max_length=60)
    subject_type = models.CharField(_("kind"), max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(_("what"), max_length=200)
    was = models.CharField(_("was"), max_length=60, blank=True)
    is_now = models.CharField(_("is"), max_length=60, blank=True)
    facts = models.JSONField(_("facts"), default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["district_id", "at"], name="audit_by_district"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
        ]
