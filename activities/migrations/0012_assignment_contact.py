
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0011_waitlist'),
        ('people', '0007_deliveries'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='counselors_met', to='people.membership'),
        ),
    ]
