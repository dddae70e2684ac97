"""Versions of an agreement's text, each with its terms, and the annexes that belong to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from portal.lib import clock

from .agreement import Agreement
from .scan import Scan


class AgreementVersionQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(agreement__in=Agreement.objects.visible_to(actor).values("pk"))


class AgreementVersion(models.Model):
    """One version of the text. Frozen, it is immutable: `body` is the canonical form that `sha256` was taken of.

    `terms` are title, sides, areas, dates and promises as this version proposes them (texts.py says the keys); empty
    only in versions from before the terms were kept. `came_with` is the supplement that brought this version in.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"), blank=True)
    terms = models.JSONField(_("terms"), default=dict)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    scan = models.ForeignKey(Scan, models.PROTECT, null=True, blank=True, related_name="+")
    came_with = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    body = models.BinaryField(null=True)
    sha256 = models.CharField(_("text fingerprint"), max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="agreement_version_once",
                violation_error_message=_("Somebody has just written another version. Check it first."),
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, body__isnull=True, sha256="")
                | (Q(frozen_at__isnull=False, body__isnull=False) & ~Q(sha256="")),
                name="agreement_version_frozen_whole",
                violation_error_message=_("A frozen text has its canonical form and its fingerprint."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} v{self.number}"

    @property
    def clauses(self) -> list[str]:
        """The text by paragraphs, empty lines left out."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]

    def organisation_ids(self) -> set[int]:
        return self.agreement.organisation_ids()

    def district_ids(self) -> set[int]:
        return self.agreement.district_ids()

    @property
    def signed_in(self) -> Agreement:
        """Where the parties' signatures to this version stand: with the supplement that brought it, if one did."""
        return self.came_with or self.agreement


class AgreementAnnexQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(version__agreement__in=Agreement.objects.visible_to(actor).values("pk"))

    def listed(self):
        """With their digests and without their bytes."""
        return self.select_related("scan").defer("scan__sealed")


class AgreementAnnex(models.Model):
    """附件: a PDF that belongs to one version; its digest is part of what the parties agree to."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="annexes")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    scan = models.ForeignKey(Scan, models.PROTECT, related_name="+")

    objects = AgreementAnnexQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="agreement_annex_position_once",
                violation_error_message=_("Two annexes can't have the same number."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def organisation_ids(self) -> set[int]:
        return self.version.organisation_ids()

    def district_ids(self) -> set[int]:
        return self.version.district_ids()
