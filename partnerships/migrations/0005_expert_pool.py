"""The expert pool of a district."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0004_vice_principals'),
    ]

    operations = [
        migrations.AddField(
            model_name='listing',
            name='is_expert',
            field=models.BooleanField(default=False, verbose_name="in the district's expert pool"),
        ),
    ]
