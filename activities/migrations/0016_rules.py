"""Holds, exceptions from rules, and the other sessions that a venue names when it declines."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import partnerships.models.scope
import portal.lib.clock
from django.db import migrations, models

from portal.lib.guards import moves_only

OWNER_DECIDES = migrations.RunSQL(
    """
    CREATE FUNCTION exemption_owner_decides() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.decided_by_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM people_membership WHERE id = NEW.decided_by_id AND organisation_id = NEW.owner_id
        ) THEN
            RAISE EXCEPTION 'somebody else decided about a rule'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'exemption_decided_by_owner';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER exemption_decided_by_owner BEFORE INSERT OR UPDATE ON activities_exemption
        FOR EACH ROW EXECUTE FUNCTION exemption_owner_decides()
    """,
    "DROP FUNCTION exemption_owner_decides() CASCADE",
)


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0015_outings'),
        ('partnerships', '0005_expert_pool'),
        ('people', '0007_deliveries'),
    ]

    operations = [
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('pupils', models.IntegerField()),
                ('starts_on', models.DateField(verbose_name='for sessions from')),
                ('ends_on', models.DateField(verbose_name='ends before')),
                ('most', models.SmallIntegerField(default=1, verbose_name='for so many bookings')),
                ('reason', models.CharField(max_length=200, verbose_name='why')),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('granted', 'Granted'), ('refused', 'Not granted'), ('withdrawn', 'Withdrawn'), ('revoked', 'Revoked')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.district')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions_owned', to='people.organisation')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to='partnerships.school')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to='activities.session')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ExemptionUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemption_uses', to='activities.booking')),
                ('exemption', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='activities.exemption')),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='ends before')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('made_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_why', models.CharField(blank=True, max_length=200, verbose_name='why it was lifted')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.district')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='partnerships.school')),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='partnerships.venue')),
            ],
            options={
                'ordering': ['-starts_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Alternative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alternatives', to='activities.booking')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.session')),
            ],
            options={
                'ordering': ['session__starts_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('booking', 'session'), name='alternative_once', violation_error_message='This session is named already.')],
            },
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='exemption_ends_after_start', violation_error_message='The exception must end after it begins.'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(('most__range', (1, 50)), ('pupils__gte', 1)), name='exemption_counts_ok', violation_error_message='An exception is for 1 to 50 bookings.'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state__in', ('asked', 'withdrawn'))), models.Q(('answer__gt', ''), ('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ('granted', 'refused', 'revoked'))), _connector='OR'), name='exemption_decided_as_state_says', violation_error_message='A decision says when, by whom and why.'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('school', 'session', 'code'), name='exemption_asked_once', violation_error_message='Your school has asked for this exception already.'),
        ),
        migrations.AddConstraint(
            model_name='exemptionuse',
            constraint=models.UniqueConstraint(fields=('exemption', 'booking'), name='exemptionuse_once', violation_error_message='This booking stands on the exception already.'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='hold_ends_after_start', violation_error_message='A hold must end after it begins.'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='hold_lifted_by_somebody', violation_error_message='Lifting a hold says when and by whom.'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('lifted_at__isnull', True)), expressions=[('school', '='), ('venue', '='), (partnerships.models.scope.DateRange('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='hold_one_at_a_time', violation_error_message='Bookings of this school at this venue are on hold in this time already.'),
        ),
        OWNER_DECIDES,
        moves_only("activities_exemption", {"asked": "granted refused withdrawn", "granted": "revoked"}),
    ]
