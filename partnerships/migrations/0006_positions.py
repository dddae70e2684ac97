"""Whose position is sample data, and what a venue has for school groups."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0005_expert_pool'),
        ('people', '0007_deliveries'),
    ]

    operations = [
        migrations.AddField(
            model_name='campus',
            name='position_is_sample',
            field=models.BooleanField(default=False, verbose_name='position is sample data'),
        ),
        migrations.AddField(
            model_name='hall',
            name='is_step_free',
            field=models.BooleanField(blank=True, null=True, verbose_name='reached without steps'),
        ),
        migrations.AddField(
            model_name='school',
            name='position_is_sample',
            field=models.BooleanField(default=False, verbose_name='position is sample data'),
        ),
        migrations.AddField(
            model_name='venue',
            name='coach_places',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='parking places for coaches'),
        ),
        migrations.AddField(
            model_name='venue',
            name='facilities',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('step_free', 'step-free access'), ('accessible_toilet', 'accessible toilet'), ('wheelchairs', 'wheelchairs on loan'), ('quiet_room', 'quiet room'), ('bag_store', 'bag store'), ('assembly', 'indoor place to assemble'), ('lunch', 'place for lunch'), ('water', 'drinking water'), ('first_aid', 'first aid room'), ('classroom', 'classroom or laboratory'), ('guide', 'guided tours for groups')], max_length=20), blank=True, default=list, size=None, verbose_name='facilities'),
        ),
        migrations.AddField(
            model_name='venue',
            name='group_entrance',
            field=models.CharField(blank=True, max_length=80, verbose_name='entrance for groups'),
        ),
        migrations.AddField(
            model_name='venue',
            name='lunch_places',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='seats for lunch'),
        ),
        migrations.AddField(
            model_name='venue',
            name='position_is_sample',
            field=models.BooleanField(default=False, verbose_name='position is sample data'),
        ),
        migrations.AddConstraint(
            model_name='campus',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True), ('position_is_sample', False)), models.Q(('latitude__isnull', False), ('longitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='campus_position', violation_error_message='A position needs a latitude and a longitude.'),
        ),
        migrations.AddConstraint(
            model_name='school',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True), ('position_is_sample', False)), models.Q(('latitude__isnull', False), ('longitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='school_position', violation_error_message='A position needs a latitude and a longitude.'),
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.CheckConstraint(condition=models.Q(('facilities__contained_by', ['step_free', 'accessible_toilet', 'wheelchairs', 'quiet_room', 'bag_store', 'assembly', 'lunch', 'water', 'first_aid', 'classroom', 'guide'])), name='venue_facilities', violation_error_message='Choose facilities from the list.'),
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True), ('position_is_sample', False)), models.Q(('latitude__isnull', False), ('longitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='venue_position', violation_error_message='A position needs a latitude and a longitude.'),
        ),
    ]
