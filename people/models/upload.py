"""Upload 上传文件: one encrypted file between its preview and its writing; read and forgotten (R8)."""

import hashlib
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation
from portal.lib import clock, sealing

if TYPE_CHECKING:
    from people.actors import Actor


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, actor: "Actor") -> "UploadQuerySet":
        return self.filter(owner_id=actor.organisation_id or 0, expires_at__gt=clock.now())

    def expired(self) -> "UploadQuerySet":
        return self.filter(expires_at__lte=clock.now())


class Upload(models.Model):
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    digest = models.BinaryField(max_length=32, editable=False)
    sealed = models.BinaryField(editable=False)
    key_id = models.SmallIntegerField(editable=False)
    facts = models.JSONField(default=dict)  # answers of the preview: ids and choices, never names
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="upload_expiry")]

    def seal(self, plain: bytes) -> None:
        """Put the bytes in; bound to their own digest, which never changes."""
        self.digest = hashlib.sha256(plain).digest()
        self.key_id, self.sealed = sealing.seal(plain, bound_to=self._binding)

    def open(self) -> bytes:
        return sealing.open_sealed(self.sealed, key_id=self.key_id, bound_to=self._binding)

    @property
    def _binding(self) -> str:
        return f"upload:{self.owner_id}:{bytes(self.digest).hex()}"

    def organisation_ids(self) -> set[int]:
        return {self.owner_id}

    def district_ids(self) -> set[int]:
        return self.owner.district_ids()
