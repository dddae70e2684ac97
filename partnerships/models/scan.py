"""Scans of sealed originals: encrypted bytes beside their digest, never changed."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Organisation, User
from portal.lib import clock, sealing


class Scan(models.Model):
    """盖章件（扫描件）. Reached only through the agreement it belongs to."""

    class Type(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"

    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=120)
    content_type = models.CharField(max_length=20, choices=Type)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()
    key_id = models.PositiveSmallIntegerField()
    uploaded_at = models.DateTimeField(default=clock.now)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.file_name

    def seal(self, plain: bytes) -> None:
        """Put the bytes in, bound to their own digest; the caller saves."""
        self.size = len(plain)
        self.sha256 = hashlib.sha256(plain).hexdigest()
        self.key_id, self.sealed = sealing.seal(plain, bound_to=self._binding)

    def open(self) -> bytes:
        return sealing.open_sealed(self.sealed, key_id=self.key_id, bound_to=self._binding)

    @property
    def _binding(self) -> str:
        return f"partnerships_scan:{self.owner_id}:{self.sha256}"

    def organisation_ids(self) -> set[int]:
        return {self.owner_id}

    def district_ids(self) -> set[int]:
        return self.owner.district_ids()
