"""Outings can be followed too."""

from django.db import migrations

from portal.lib.guards import followed


class Migration(migrations.Migration):
    dependencies = [("portal", "0008_import_kinds"), ("activities", "0015_outings")]

    operations = [followed("activities_outing")]
