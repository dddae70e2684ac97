"""Who waits for places may do the visit on a confirmation sheet too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0033_on_sheet")]

    operations = [
        migrations.AddField(model_name="waitlistentry", name="on_sheet", field=models.BooleanField(default=False))
    ]
