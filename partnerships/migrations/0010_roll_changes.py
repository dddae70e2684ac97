"""Pupils who change their class or their school; classes that were dissolved."""


import django.contrib.postgres.fields
import django.db.models.deletion
import portal.lib.clock
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.lib.guards import moves_only


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0003_moves"),
        ('partnerships', '0009_deeds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='schoolclass',
            name='closed_on',
            field=models.DateField(blank=True, null=True, verbose_name='dissolved on'),
        ),
        migrations.CreateModel(
            name='RollChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('merge', 'classes merged'), ('split', 'pupils into another class'), ('onward', 'into the next stage'), ('leave', 'transfer out'), ('join', 'transfer in')], max_length=10, verbose_name='kind')),
                ('state', models.CharField(choices=[('proposed', 'previewed, not done'), ('done', 'done'), ('withdrawn', 'dropped')], default='proposed', max_length=10)),
                ('number', models.PositiveSmallIntegerField(null=True, verbose_name='number of the class')),
                ('students', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(default=uuid.uuid4), default=list, size=None)),
                ('day', models.DateField(verbose_name='from')),
                ('enrolled', models.PositiveIntegerField(default=0)),
                ('is_braked', models.BooleanField(default=False)),
                ('proposed_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follows', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.rollchange')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roll_changes', to='partnerships.school')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.schoolclass')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.schoolclass')),
                ('to_school', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.school')),
            ],
            options={
                'ordering': ['-proposed_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), models.Q(('done_at__isnull', False), ('state', 'done')), _connector='OR'), name='roll_change_done_whole', violation_error_message='What is done says when.'), models.CheckConstraint(condition=models.Q(models.Q(('is_braked', True), ('state', 'done'), _negated=True), models.Q(('done_by__isnull', False), ('proposed_by__isnull', False), models.Q(('proposed_by', models.F('done_by')), _negated=True)), _connector='OR'), name='roll_change_brake_two_people', violation_error_message='A braked change is confirmed by another person than the one who proposed it.'), models.UniqueConstraint(condition=models.Q(('follows__isnull', False), ('state', 'done')), fields=('follows',), name='roll_change_taken_in_once', violation_error_message='These pupils have been taken in already.')],
            },
        ),
        moves_only("partnerships_rollchange", {"proposed": "done withdrawn"}),
    ]
