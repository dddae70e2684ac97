"""What followers of a table need beside its own `changed_in`: the time of a transaction number, and what was deleted."""

from django.db import models

from portal.lib import clock


class Watermark(models.Model):
    """At this instant every transaction below `number` was over. Marked by a job; instants are translated by it."""

    at = models.DateTimeField(default=clock.now, db_index=True)
    number = models.BigIntegerField()

    class Meta:
        ordering = ["-at"]


class Tombstone(models.Model):
    """A deleted row of a followed table (trigger `<table>_buried`)."""

    table = models.CharField(max_length=60)
    key = models.CharField(max_length=40)
    district_id = models.BigIntegerField(null=True)
    changed_in = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["table", "changed_in"], name="tombstone_by_table")]
