"""Which suspension moved or cancelled a booking: read when the agreement is resumed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0031_impact_of_sessions"), ("partnerships", "0011_roster_changes")]

    operations = [
        migrations.AddField(
            "booking",
            "displaced_from",
            models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="displaced",
                to="partnerships.agreement",
            ),
        ),
    ]
