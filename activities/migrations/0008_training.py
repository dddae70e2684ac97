import activities.models.span
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import portal.lib.clock
from django.conf import settings
from django.db import migrations, models

from portal.lib.guards import moves_only


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0007_reschedule'),
        ('partnerships', '0005_expert_pool'),
        ('people', '0006_one_counselor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TrainingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('is_live', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('signed_up', 'signed up'), ('attended', 'attended'), ('absent', 'absent'), ('withdrawn', 'withdrawn'), ('cancelled', 'cancelled by the giver')], default='signed_up', max_length=12)),
                ('hours', models.DecimalField(decimal_places=1, default=0, max_digits=5, verbose_name='training hours')),
                ('signed_up_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('marked_at', models.DateTimeField(blank=True, null=True)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.district')),
                ('marked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_places', to='partnerships.school')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='training_places', to='activities.session')),
                ('signed_up_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_places', to='people.membership')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['session', 'school', 'pk'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_live', True)), expressions=[('user', '='), (activities.models.span.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='training_one_place_at_a_time', violation_error_message='This teacher has a place in this or another training at that time.'), models.CheckConstraint(condition=models.Q(models.Q(('is_live', True), ('state__in', ('signed_up', 'attended', 'absent'))), models.Q(models.Q(('state__in', ('signed_up', 'attended', 'absent')), _negated=True), ('is_live', False)), _connector='OR'), name='training_live_follows_state', violation_error_message="A place that was given up frees the teacher's time; a live one takes it."), models.CheckConstraint(condition=models.Q(models.Q(('hours__gt', 0), ('state', 'attended')), models.Q(models.Q(('state', 'attended'), _negated=True), ('hours', 0)), _connector='OR'), name='training_hours_follow_attendance', violation_error_message='Hours come from being there, and from nothing else.')],
            },
        ),
        migrations.CreateModel(
            name='TrainingUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_uses', to='partnerships.commitment')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_uses', to='activities.session')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('session', 'commitment'), name='training_use_once', violation_error_message='This training already counts toward the commitment.')],
            },
        ),
        migrations.RunSQL(
            """
            ALTER TABLE activities_trainingplace ADD CONSTRAINT trainingplace_follows_session
                FOREIGN KEY (session_id, starts_at, ends_at)
                REFERENCES activities_session (id, starts_at, ends_at) ON UPDATE CASCADE
            """,
            "ALTER TABLE activities_trainingplace DROP CONSTRAINT trainingplace_follows_session",
        ),
        moves_only(
            "activities_trainingplace",
            {"signed_up": "attended absent withdrawn cancelled", "attended": "absent", "absent": "attended"},
        ),
    ]
