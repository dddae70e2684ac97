"""备案编号: the series of a district's year, counted one by one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import District


class FilingSeries(models.Model):
    """光馆校〔2026〕: `last` is the number given last. Its row is the lock: whoever files holds it until the end."""

    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    head = models.CharField(max_length=30)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "head"],
                name="filing_series_once",
                violation_error_message=_("This series of numbers exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.head

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
