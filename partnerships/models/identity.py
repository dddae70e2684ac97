"""Names and school numbers of pupils, sealed and apart; and the trail of who looked at them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import District, Organisation
from portal.lib import clock, sealing

from .pupil import Student
from .school import OfSchool, School, SchoolPart
from .scope import within


def masked(name: str) -> str:
    """陈小诺 → 陈＊诺, 李敏 → 李＊: enough to find a child one knows, not enough to learn one."""
    if len(name) < 2:
        return "＊" * len(name)
    return name[0] + "＊" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def number_digest(school_id: int, number: str) -> bytes:
    """Keyed digest of a pupil's number within a school, for import and exact search."""
    return sealing.mac(number, scope=f"school-number|{school_id}")


class StudentIdentity(SchoolPart):
    """Name and school number as AES-GCM bound to the pupil's id. Never in __str__, logs, or URLs."""

    class Consent(models.TextChoices):
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")
        NONE = "none", _("not asked")

    student = models.OneToOneField(Student, models.PROTECT, primary_key=True, related_name="identity")
    school = models.ForeignKey(School, models.PROTECT, related_name="identities")
    name_ct = models.BinaryField(null=True)
    number_ct = models.BinaryField(null=True)
    number_mac = models.BinaryField(max_length=32, null=True)
    key_id = models.PositiveSmallIntegerField(default=0)
    consent = models.CharField(_("consent"), max_length=10, choices=Consent, default=Consent.NONE)
    consented_on = models.DateField(_("consented on"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=100, blank=True)
    notice_version = models.CharField(_("version of the notice"), max_length=20, blank=True)

    objects = OfSchool.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "number_mac"],
                name="student_number_once",
                violation_error_message=_("The school already has a pupil with this number."),
            ),
            models.CheckConstraint(
                condition=Q(name_ct__isnull=True, number_ct__isnull=True, number_mac__isnull=True)
                | Q(consent="given")
                | ~Q(legal_basis=""),
                name="identity_needs_consent",
                violation_error_message=_(
                    "No name is stored without consent or a legal basis that the district has recorded."
                ),
            ),
            models.CheckConstraint(
                condition=Q(number_ct__isnull=True, number_mac__isnull=True)
                | Q(number_ct__isnull=False, number_mac__isnull=False),
                name="identity_number_whole",
                violation_error_message=_("A number is stored together with its digest."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """The name in clear; only for pages that logged the look. Empty where none is stored."""
        return self._open("name_ct")

    @property
    def number(self) -> str:
        return self._open("number_ct")

    @property
    def masked_name(self) -> str:
        return masked(self.name)

    def set_name(self, name: str) -> None:
        """Seal the name into the row; the caller saves."""
        self.key_id, self.name_ct = self._seal("name_ct", name)

    def set_number(self, number: str) -> None:
        """Seal the school number and its digest into the row; the caller saves."""
        self.key_id, self.number_ct = self._seal("number_ct", number)
        self.number_mac = number_digest(self.school_id, number)

    def _bound_to(self, column: str) -> str:
        return f"partnerships_studentidentity.{column}:{self.student_id}"

    def _seal(self, column: str, text: str) -> tuple[int, bytes]:
        return sealing.seal(text.encode(), bound_to=self._bound_to(column))

    def _open(self, column: str) -> str:
        sealed = getattr(self, column)
        if sealed is None:
            return ""
        return sealing.open_sealed(sealed, key_id=self.key_id, bound_to=self._bound_to(column)).decode()


class IdentityLookQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return within(self, actor, district="district_id", own="organisation_id")


class IdentityLook(models.Model):
    """One row a request that showed names: who, why, whose. Append-only; the only write a GET may do."""

    class Purpose(models.TextChoices):
        ROSTER = "roster", _("class roster")
        GROUP = "group", _("activity group")
        ROLL_CALL = "roll_call", _("roll call")
        PAPERS = "papers", _("papers of an outing")
        CREDITS = "credits", _("record sheet")
        DISPUTE = "dispute", _("objection")
        INSPECTION = "inspection", _("inspection")

    at = models.DateTimeField(default=clock.now)
    actor_ref = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20, choices=Purpose)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    school_class_id = models.BigIntegerField(null=True)
    students = ArrayField(models.UUIDField(default=uuid.uuid4), default=list)

    objects = IdentityLookQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["district", "at"], name="identity_look_by_district")]

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}
