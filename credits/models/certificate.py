"""Certificate 证书: what is final of a pupil's credits, frozen under a code that anybody may check."""

import hashlib
import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.models.account import Account
from credits.models.publication import Publication
from partnerships.models import School, SchoolClass
from people.actors import Actor
from people.models import District
from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import keys


class Kind(models.TextChoices):
    CERTIFICATE = "certificate", _("Certificate")
    SHEET = "sheet", _("Science practice record")


class State(models.TextChoices):
    VALID = "valid", pgettext_lazy("certificate", "Valid")
    REVOKED = "revoked", pgettext_lazy("certificate", "Revoked")


def digest(content: dict[str, Any]) -> bytes:
    """SHA-256 of the content in canonical form: sorted keys, no spaces, UTF-8."""
    told = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).digest()


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, actor: Actor) -> "CertificateQuerySet":
        """The school that issued it and the pupil's school; an office its district's, without names."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.role in (Role.SCHOOL_LEAD, Role.COORDINATOR):
            own = actor.organisation_id
            return self.filter(Q(school=own) | Q(account__student__school=own))
        return self.none()

    def valid(self) -> "CertificateQuerySet":
        return self.filter(state=State.VALID)

    def of_levels(self) -> "CertificateQuerySet":
        return self.filter(kind=Kind.CERTIFICATE)


class Certificate(models.Model):
    """`content` holds no name: that is read beside it, masked on the public page. `level` in per cent of the target."""

    Kind, State = Kind, State
    TONES = {State.VALID: ("solid", "full"), State.REVOKED: ("red", "none")}
    MOVES = table(
        Move("revoke", (State.VALID,), State.REVOKED, Permission.CERTIFICATE_REVOKE, pgettext_lazy("act", "Revoke")),
    )

    id = models.UUIDField(primary_key=True, default=keys.fresh, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CERTIFICATE)
    account = models.ForeignKey(Account, models.PROTECT, related_name="certificates", db_index=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(_("stage"), max_length=20, choices=SchoolClass.Stage.choices, blank=True)
    level = models.PositiveSmallIntegerField(pgettext_lazy("certificate", "level"), null=True)
    school_year = models.PositiveSmallIntegerField(_("school year"), null=True)
    content = models.JSONField(_("content"))
    sha256 = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.CharField(_("issued by"), max_length=120)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by", db_index=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.VALID)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.CharField(_("revoked by"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "pk"]
        indexes = [
            models.Index(fields=["account", "kind"], name="certificate_by_account"),
            models.Index(fields=["district", "issued_at"], name="certificate_by_district"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="certificate_one_valid",
                fields=["account", "stage", "level"],
                condition=Q(kind=Kind.CERTIFICATE, state=State.VALID),
                violation_error_message=_("This pupil holds a valid certificate of this level already."),
            ),
            models.CheckConstraint(
                name="certificate_kind_fits",
                condition=Q(
                    ~Q(stage=""),
                    kind=Kind.CERTIFICATE,
                    level__isnull=False,
                    level__range=(1, 100),
                    school_year__isnull=True,
                )
                | Q(kind=Kind.SHEET, stage="", level__isnull=True, school_year__isnull=False),
                violation_error_message=_("A certificate has a stage and a level, a record sheet a school year."),
            ),
            models.CheckConstraint(
                name="certificate_revoked",
                condition=Q(state=State.VALID, revoked_at__isnull=True, revoked_by="", reason="")
                | Q(~Q(revoked_by=""), ~Q(reason=""), state=State.REVOKED, revoked_at__isnull=False),
                violation_error_message=_("A revocation says who revoked, when, and why."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def organisation_ids(self) -> set[int]:
        return {self.school_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}

    @property
    def code(self) -> str:
        """The key in groups of four, as it is printed and typed."""
        told = self.id.hex.upper()
        return "-".join(told[start : start + 4] for start in range(0, 32, 4))

    @property
    def is_valid(self) -> bool:
        return self.state == State.VALID

    @property
    def is_sheet(self) -> bool:
        return self.kind == Kind.SHEET

    @property
    def is_whole(self) -> bool:
        """Whether the content is still the one that was hashed."""
        return digest(self.content) == bytes(self.sha256)
