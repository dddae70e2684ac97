"""Counselors, their checks, appointments and assignments; and what models can't say about them."""

import activities.models.span
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import portal.lib.clock
from django.db import migrations, models

from portal.lib.guards import append_only, moves_only



def tied_to_session(table: str) -> migrations.RunSQL:
    """Session and both times of a slot are those of one session, and move with it."""
    name = f"{table.removeprefix('activities_')}_follows_session"
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ADD CONSTRAINT {name}
            FOREIGN KEY (session_id, starts_at, ends_at)
            REFERENCES activities_session (id, starts_at, ends_at) ON UPDATE CASCADE
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


SIDES = migrations.RunSQL(
    """
    CREATE FUNCTION sides_act_themselves() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        host bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    BEGIN
        IF (NEW.host_by_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM people_membership
                WHERE id = NEW.host_by_id AND organisation_id = host AND kind IN ('school', 'venue')))
           OR (NEW.counselor_by_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM people_membership
                WHERE id = NEW.counselor_by_id AND organisation_id = NEW.counselor_id AND kind = 'counselor')) THEN
            RAISE EXCEPTION 'somebody else accepted for a side'
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER assignment_sides_act_themselves BEFORE INSERT OR UPDATE ON activities_assignment
        FOR EACH ROW EXECUTE FUNCTION sides_act_themselves('assignment_sides_act_themselves', 'host_id');
    CREATE TRIGGER appointment_sides_act_themselves BEFORE INSERT OR UPDATE ON activities_appointment
        FOR EACH ROW EXECUTE FUNCTION sides_act_themselves('appointment_sides_act_themselves', 'school_id')
    """,
    "DROP FUNCTION sides_act_themselves() CASCADE",
)

HOST_OF_SESSION = migrations.RunSQL(
    """
    CREATE FUNCTION assignment_host_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM activities_session
            WHERE id = NEW.session_id AND NEW.host_id IN (provider_id, place_id, school_id)
        ) THEN
            RAISE EXCEPTION 'the host has no part in the session'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'assignment_host_of_session';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER assignment_host_of_session BEFORE INSERT OR UPDATE OF host_id, session_id ON activities_assignment
        FOR EACH ROW EXECUTE FUNCTION assignment_host_of_session()
    """,
    "DROP FUNCTION assignment_host_of_session() CASCADE",
)

ONE_PERSON = migrations.RunSQL(
    """
    CREATE FUNCTION counselor_is_one() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM people_organisation WHERE id = NEW.organisation_id AND kind = 'counselor') THEN
            RAISE EXCEPTION 'only an organisation of one person is a counselor'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'counselor_of_its_kind';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER counselor_of_its_kind BEFORE INSERT OR UPDATE OF organisation_id ON activities_counselor
        FOR EACH ROW EXECUTE FUNCTION counselor_is_one()
    """,
    "DROP FUNCTION counselor_is_one() CASCADE",
)

UNIT_IS_BUREAU = migrations.RunSQL(
    """
    CREATE FUNCTION check_unit_is_bureau() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM people_organisation WHERE id = NEW.unit_id AND kind = 'bureau') THEN
            RAISE EXCEPTION 'only an education bureau asks'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'check_by_a_bureau';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER check_by_a_bureau BEFORE INSERT ON activities_check
        FOR EACH ROW EXECUTE FUNCTION check_unit_is_bureau()
    """,
    "DROP FUNCTION check_unit_is_bureau() CASCADE",
)


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0003_moves'),
        ('partnerships', '0005_expert_pool'),
        ('people', '0006_one_counselor'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='counselor_field',
            field=models.CharField(blank=True, choices=[('physics', 'Physics'), ('chemistry', 'Chemistry'), ('biology', 'Biology'), ('earth', 'Earth science'), ('astronomy', 'Astronomy and space'), ('mathematics', 'Mathematics'), ('computing', 'Computing and AI'), ('robotics', 'Robotics and engineering'), ('agriculture', 'Agriculture'), ('environment', 'Environment'), ('health', 'Health'), ('other', 'Other fields')], max_length=12, verbose_name='field of the counselor'),
        ),
        migrations.AddField(
            model_name='session',
            name='needs_counselor',
            field=models.BooleanField(default=False, verbose_name='a counselor is needed'),
        ),
        migrations.CreateModel(
            name='Counselor',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='counselor', serialize=False, to='people.organisation')),
                ('kind', models.CharField(choices=[('venue_staff', 'Venue staff'), ('scientist', 'Scientist or academician'), ('teacher', 'Teacher of a school'), ('student', 'University student'), ('social', 'Social volunteer'), ('parent', 'Parent volunteer'), ('engineer', 'Enterprise engineer')], max_length=12, verbose_name='kind of counselor')),
                ('employer', models.CharField(blank=True, max_length=80, verbose_name='employer')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('physics', 'Physics'), ('chemistry', 'Chemistry'), ('biology', 'Biology'), ('earth', 'Earth science'), ('astronomy', 'Astronomy and space'), ('mathematics', 'Mathematics'), ('computing', 'Computing and AI'), ('robotics', 'Robotics and engineering'), ('agriculture', 'Agriculture'), ('environment', 'Environment'), ('health', 'Health'), ('other', 'Other fields')], max_length=12), default=list, size=None, verbose_name='fields')),
                ('grades', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=list, size=None, verbose_name='grades')),
                ('certification', models.CharField(blank=True, choices=[('junior', 'Junior'), ('intermediate', 'Intermediate'), ('senior', 'Senior')], max_length=12, verbose_name='certification')),
                ('availability', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, default=list, size=None, verbose_name='usually has time')),
                ('introduction', models.TextField(blank=True, max_length=600, verbose_name='introduction')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='agreed to the background check on')),
                ('changed_at', models.DateTimeField(default=portal.lib.clock.now, editable=False)),
            ],
            options={
                'ordering': ['organisation__name_zh'],
                'constraints': [models.CheckConstraint(condition=models.Q(('fields__contained_by', ['physics', 'chemistry', 'biology', 'earth', 'astronomy', 'mathematics', 'computing', 'robotics', 'agriculture', 'environment', 'health', 'other']), ('fields__len__gt', 0)), name='counselor_fields_exist', violation_error_message='Choose at least one field.'), models.CheckConstraint(condition=models.Q(('grades__contained_by', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), ('grades__len__gt', 0)), name='counselor_grades_exist', violation_error_message='Choose at least one grade, from 1 to 12.'), models.CheckConstraint(condition=models.Q(('availability__contained_by', [11, 12, 13, 21, 22, 23, 31, 32, 33, 41, 42, 43, 51, 52, 53, 61, 62, 63, 71, 72, 73])), name='counselor_slots_exist', violation_error_message='A week has seven days of three parts each.')],
            },
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consented_on', models.DateField(verbose_name='agreed on')),
                ('checked_on', models.DateField(verbose_name='checked on')),
                ('outcome', models.CharField(choices=[('clear', 'clear'), ('not_clear', 'not clear')], max_length=10, verbose_name='outcome')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='checking unit')),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='activities.counselor')),
            ],
            options={
                'ordering': ['-checked_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('checked_on__gte', models.F('consented_on'))), name='check_after_consent', violation_error_message="A check needs the person's consent first."), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'clear'), ('valid_until__gt', models.F('checked_on')), ('valid_until__isnull', False)), models.Q(('outcome', 'not_clear'), ('valid_until__isnull', True)), _connector='OR'), name='check_validity_fits_outcome', violation_error_message='A clear check is valid for a time, another one for none.')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host_at', models.DateTimeField(blank=True, null=True)),
                ('counselor_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('is_live', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('invited', 'waiting for the counselor'), ('applied', 'waiting for the host'), ('confirmed', 'both agreed'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('reopened', 'to be filled again'), ('cancelled', 'session cancelled')], default='invited', max_length=10)),
                ('lacking', models.CharField(blank=True, choices=[('check', 'the background check does not cover the day'), ('listing', 'the counselor is not listed in the district')], max_length=10)),
                ('asked_at', models.DateTimeField(default=portal.lib.clock.now, editable=False)),
                ('counselor_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.district')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments_hosted', to='people.organisation')),
                ('host_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='activities.session')),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='activities.counselor')),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'indexes': [models.Index(fields=['counselor', 'starts_at'], name='assignment_by_counselor'), models.Index(fields=['host', 'starts_at'], name='assignment_by_host'), models.Index(fields=['district', 'starts_at'], name='assignment_by_district')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'reopened']), ('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), models.Q(('state__in', ['invited']), ('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', True), ('counselor_by__isnull', True)), models.Q(('state__in', ['applied']), ('host_at__isnull', True), ('host_by__isnull', True), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), models.Q(models.Q(('state__in', ['confirmed', 'reopened', 'invited', 'applied']), _negated=True), models.Q(models.Q(('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), models.Q(('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', True), ('counselor_by__isnull', True)), models.Q(('host_at__isnull', True), ('host_by__isnull', True), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), _connector='OR')), _connector='OR'), name='assignment_confirmed_by_both', violation_error_message='Both sides choose each other: one of them has not accepted.'), models.UniqueConstraint(fields=('session', 'counselor'), name='assignment_once', violation_error_message='This counselor has already been asked, or has applied.'), models.CheckConstraint(condition=models.Q(models.Q(('is_live', True), ('state', 'confirmed')), models.Q(models.Q(('state', 'confirmed'), _negated=True), ('is_live', False)), _connector='OR'), name='assignment_live_while_confirmed', violation_error_message="A counselor's time is taken exactly while both sides agree."), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('lacking', ''), _negated=True), ('state', 'reopened')), models.Q(models.Q(('state', 'reopened'), _negated=True), ('lacking', '')), _connector='OR'), name='assignment_reopened_says_why', violation_error_message='A reopened assignment says what is lacking.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_live', True)), expressions=[('counselor', '='), (activities.models.span.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='assignment_one_place', violation_error_message='Not available at that time.')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host_at', models.DateTimeField(blank=True, null=True)),
                ('counselor_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('school_year', models.PositiveSmallIntegerField(verbose_name='school year')),
                ('state', models.CharField(choices=[('offered', 'waiting for the counselor'), ('accepted', 'appointed'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('ended', 'ended')], default='offered', max_length=10)),
                ('offered_at', models.DateTimeField(default=portal.lib.clock.now, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('counselor_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.district')),
                ('host_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='partnerships.school')),
                ('counselor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='activities.counselor')),
            ],
            options={
                'ordering': ['-school_year', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'ended']), ('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), models.Q(('state__in', ['offered']), ('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', True), ('counselor_by__isnull', True)), ('pk__in', []), models.Q(models.Q(('state__in', ['accepted', 'ended', 'offered']), _negated=True), models.Q(models.Q(('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), models.Q(('host_at__isnull', False), ('host_by__isnull', False), ('counselor_at__isnull', True), ('counselor_by__isnull', True)), models.Q(('host_at__isnull', True), ('host_by__isnull', True), ('counselor_at__isnull', False), ('counselor_by__isnull', False)), _connector='OR')), _connector='OR'), name='appointment_accepted_by_both', violation_error_message='Both sides choose each other: one of them has not accepted.'), models.UniqueConstraint(fields=('school', 'counselor', 'school_year'), name='appointment_once', violation_error_message='The school has already offered this counselor an appointment for the year.')],
            },
        ),
        tied_to_session("activities_assignment"),
        append_only("activities_check"),
        SIDES,
        HOST_OF_SESSION,
        ONE_PERSON,
        UNIT_IS_BUREAU,
        moves_only(
            "activities_appointment",
            {
                "offered": "accepted declined withdrawn",
                "accepted": "ended",
                "declined": "offered",
                "withdrawn": "offered",
                "ended": "offered",
            },
        ),
        moves_only(
            "activities_assignment",
            {
                "invited": "confirmed declined withdrawn cancelled",
                "applied": "confirmed declined withdrawn cancelled",
                "confirmed": "invited withdrawn reopened cancelled",
                "declined": "invited applied",
                "withdrawn": "invited applied",
                "reopened": "invited applied",
            },
        ),
    ]
