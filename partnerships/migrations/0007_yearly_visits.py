
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0006_positions'),
    ]

    operations = [
        migrations.AddField(
            model_name='bookingrules',
            name='pupils_of_a_class',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='pupils of one class in a session'),
        ),
        migrations.AddField(
            model_name='bookingrules',
            name='visits_a_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='groups of one school a school year'),
        ),
    ]
