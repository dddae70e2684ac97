import activities.models.span
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import portal.lib.clock
from django.conf import settings
from django.db import migrations, models

from portal.lib.guards import append_only, moves_only

SERVICE = """
ALTER TABLE activities_servicerecord ADD CONSTRAINT service_minutes_are_its_time
    CHECK (ends_at = starts_at + make_interval(mins => paid_minutes + volunteer_minutes));
CREATE FUNCTION service_settled_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'settled' THEN
        RAISE EXCEPTION 'service record % is settled', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_settled_is_final';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER service_settled_is_final BEFORE UPDATE OR DELETE ON activities_servicerecord
    FOR EACH ROW EXECUTE FUNCTION service_settled_is_final();
"""

# A line waits for whoever moves its settlement on, and sees what became of it: FOR SHARE against the move's UPDATE.
LINES = """
CREATE FUNCTION settlement_lines_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch activities_settlement%ROWTYPE;
    record activities_servicerecord%ROWTYPE;
BEGIN
    SELECT * INTO batch FROM activities_settlement
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.settlement_id ELSE OLD.settlement_id END FOR SHARE;
    IF TG_OP = 'UPDATE' OR batch.state <> 'gathering' THEN
        RAISE EXCEPTION 'lines of settlement % are frozen', batch.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_lines_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT * INTO record FROM activities_servicerecord WHERE id = NEW.record_id;
    IF record.district_id <> batch.district_id
       OR (NEW.corrects_id IS NULL AND (record.state <> 'confirmed' OR record.paid_minutes <> NEW.minutes))
       OR (NEW.corrects_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM activities_settlementline line JOIN activities_settlement paid ON paid.id = line.settlement_id
            WHERE line.id = NEW.corrects_id AND line.record_id = NEW.record_id AND line.rate = NEW.rate
              AND line.corrects_id IS NULL AND paid.state = 'locked')) THEN
        RAISE EXCEPTION 'a line is the minutes of a confirmed record, or corrects a locked one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_line_of_record';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlement_lines_frozen BEFORE INSERT OR UPDATE OR DELETE ON activities_settlementline
    FOR EACH ROW EXECUTE FUNCTION settlement_lines_frozen();
CREATE TRIGGER settlement_lines_frozen_truncate BEFORE TRUNCATE ON activities_settlementline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('settlement_lines_frozen');

CREATE FUNCTION settlement_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'locked' THEN
        RAISE EXCEPTION 'settlement % is locked', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_locked';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlement_locked BEFORE UPDATE OR DELETE ON activities_settlement
    FOR EACH ROW EXECUTE FUNCTION settlement_locked();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0009_days_off'),
        ('partnerships', '0005_expert_pool'),
        ('people', '0007_deliveries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('venue_staff', 'Venue staff'), ('scientist', 'Scientist or academician'), ('teacher', 'Teacher of a school'), ('student', 'University student'), ('social', 'Social volunteer'), ('parent', 'Parent volunteer'), ('engineer', 'Enterprise engineer')], max_length=12, verbose_name='kind of counselor')),
                ('locality', models.CharField(blank=True, choices=[('urban', 'urban'), ('town', 'town'), ('rural', 'rural')], max_length=10, verbose_name='locality')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('paid_minutes', models.PositiveSmallIntegerField(default=0)),
                ('volunteer_minutes', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('claimed', 'waiting for confirmation'), ('confirmed', 'confirmed'), ('objected', 'objected to'), ('turned_down', 'not confirmed'), ('settled', 'settled')], default='claimed', max_length=12)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('claimed_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('object_until', models.DateField(blank=True, null=True)),
                ('objected_at', models.DateTimeField(blank=True, null=True)),
                ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='service', to='activities.assignment')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='activities.counselor')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.district')),
                ('objected_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
            ],
            options={
                'ordering': ['-starts_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('class_hour_minutes', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('gathering', 'gathering'), ('checking', 'checking'), ('approved', 'approved'), ('exported', 'exported'), ('locked', 'locked')], default='gathering', max_length=10)),
                ('opened_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('locked_at', models.DateTimeField(blank=True, null=True)),
                ('pay_sheet_sha256', models.CharField(blank=True, max_length=64)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='people.district')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='partnerships.term')),
            ],
            options={
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SettlementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.SmallIntegerField()),
                ('rate', models.DecimalField(decimal_places=2, max_digits=7, verbose_name='yuan for a class-hour')),
                ('class_hour_minutes', models.PositiveSmallIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='yuan')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='activities.settlementline')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='activities.servicerecord')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='activities.settlement')),
            ],
            options={
                'ordering': ['settlement', 'record', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SubsidyRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('venue_staff', 'Venue staff'), ('scientist', 'Scientist or academician'), ('teacher', 'Teacher of a school'), ('student', 'University student'), ('social', 'Social volunteer'), ('parent', 'Parent volunteer'), ('engineer', 'Enterprise engineer')], max_length=12, verbose_name='kind of counselor')),
                ('locality', models.CharField(choices=[('urban', 'urban'), ('town', 'town'), ('rural', 'rural')], max_length=10, verbose_name='locality')),
                ('starts_on', models.DateField(verbose_name='In force from')),
                ('yuan', models.DecimalField(decimal_places=2, max_digits=7, verbose_name='yuan for a class-hour')),
                ('reason', models.CharField(max_length=200, verbose_name='basis')),
                ('set_at', models.DateTimeField(default=portal.lib.clock.now)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subsidy_rates', to='people.district')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['kind', 'locality', '-starts_on'],
            },
        ),
        migrations.AddIndex(
            model_name='servicerecord',
            index=models.Index(fields=['district', 'starts_at'], name='service_by_district'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_minutes__gt', 0), ('volunteer_minutes', 0)), models.Q(('paid_minutes', 0), ('volunteer_minutes__gt', 0)), _connector='OR'), name='service_paid_or_volunteer', violation_error_message='Hours are either paid class-hours or volunteer hours, never both.'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at')), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=1))))), name='service_within_a_day', violation_error_message='An assignment lasts at most a day.'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('object_until__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('object_until__isnull', False)), _connector='OR'), name='service_confirmed_by', violation_error_message='A confirmation says when and by whom, and until when one may object.'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('state', 'claimed')), models.Q(models.Q(('state', 'claimed'), _negated=True), ('confirmed_at__isnull', False)), _connector='OR'), name='service_state_is_signed', violation_error_message='Only the host confirms hours, and signs for it.'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('objected_at__isnull', True), ('objected_by__isnull', True)), models.Q(('objected_at__isnull', False), ('objected_by__isnull', False)), _connector='OR'), name='service_objection_signed', violation_error_message='An objection says when and by whom.'),
        ),
        migrations.AddConstraint(
            model_name='servicerecord',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('confirmed', 'objected', 'settled'))), expressions=[('counselor', '='), (activities.models.span.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='service_minute_counts_once', violation_error_message='Part of this time already counts for this counselor. Correct the minutes.'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(fields=('district', 'term', 'number'), name='settlement_number_once', violation_error_message='This settlement has been opened already.'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['gathering', 'checking'])), fields=('district',), name='settlement_one_open', violation_error_message='Finish the settlement that is being prepared first.'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposed_at__isnull', True), ('proposed_by__isnull', True), ('state', 'gathering')), models.Q(models.Q(('state', 'gathering'), _negated=True), ('proposed_at__isnull', False), ('proposed_by__isnull', False)), _connector='OR'), name='settlement_proposed_by', violation_error_message='A settlement is handed in by somebody, at a time.'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('state__in', ['gathering', 'checking'])), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('state__in', ['approved', 'exported', 'locked'])), _connector='OR'), name='settlement_confirmed_by', violation_error_message='A settlement is approved by somebody, at a time.'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='settlement_two_people', violation_error_message='Somebody else must approve: not the person who handed it in.'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', True)), fields=('record',), name='settlement_record_once', violation_error_message='These hours already stand in a settlement: they are paid once.'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.UniqueConstraint(fields=('settlement', 'corrects'), name='settlement_correction_once', violation_error_message='This line is already corrected in the settlement.'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('minutes'), '*', models.F('rate')), '/', models.F('class_hour_minutes')), 2))), name='settlement_line_amount', violation_error_message='The amount is the class-hours times the rate.'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', True), ('minutes__gt', 0)), models.Q(('corrects__isnull', False), models.Q(('minutes', 0), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='settlement_line_sign', violation_error_message='A correction is a difference with its reason; anything else is above zero.'),
        ),
        migrations.AddConstraint(
            model_name='subsidyrate',
            constraint=models.UniqueConstraint(fields=('district', 'kind', 'locality', 'starts_on'), name='subsidy_rate_once', violation_error_message='A rate for this kind and area already begins on that day.'),
        ),
        migrations.AddConstraint(
            model_name='subsidyrate',
            constraint=models.CheckConstraint(condition=models.Q(('yuan__gt', 0)), name='subsidy_rate_above_zero', violation_error_message='A rate is above zero.'),
        ),
        append_only("activities_subsidyrate"),
        migrations.RunSQL(
            SERVICE,
            "DROP FUNCTION service_settled_is_final() CASCADE;"
            "ALTER TABLE activities_servicerecord DROP CONSTRAINT service_minutes_are_its_time",
        ),
        migrations.RunSQL(
            LINES, "DROP FUNCTION settlement_lines_frozen() CASCADE; DROP FUNCTION settlement_locked() CASCADE"
        ),
        moves_only(
            "activities_servicerecord",
            {
                "claimed": "confirmed turned_down",
                "confirmed": "objected settled",
                "turned_down": "objected",
                "objected": "confirmed",
            },
        ),
        moves_only(
            "activities_settlement",
            {
                "gathering": "checking",
                "checking": "gathering approved",
                "approved": "exported",
                "exported": "locked",
            },
        ),
    ]
