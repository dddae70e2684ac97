from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0019_request_dropped'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='agreed',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='waitlistclass',
            name='pupils',
            field=models.SmallIntegerField(default=0),
        ),
    ]
