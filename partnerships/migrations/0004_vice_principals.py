import django.db.models.deletion
import portal.lib.clock
from django.db import migrations, models

from portal.lib.guards import moves_only

# The person's row is the lock: two appointments of one person wait for each other. Every first day of a
# term of office within the new one is looked at: the number of schools only rises on such a day.
SCHOOLS_ALLOWED = """
CREATE FUNCTION vice_principal_schools() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'in_office' THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM partnerships_viceprincipalperson WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM partnerships_viceprincipal first
        WHERE first.person_id = NEW.person_id AND first.state = 'in_office'
          AND first.starts_on >= NEW.starts_on AND first.starts_on < NEW.ends_on
          AND (SELECT count(*) FROM partnerships_viceprincipal other
               WHERE other.person_id = NEW.person_id AND other.state = 'in_office'
                 AND other.starts_on <= first.starts_on AND other.ends_on > first.starts_on) > NEW.schools_allowed
    ) THEN
        RAISE EXCEPTION 'person % serves too many schools', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vice_principal_schools';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER vice_principal_schools AFTER INSERT OR UPDATE ON partnerships_viceprincipal
    FOR EACH ROW EXECUTE FUNCTION vice_principal_schools();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0003_moves"),
        ("people", "0003_moves"),
    ]

    operations = [
        migrations.CreateModel(
            name="VicePrincipalPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="person's name")),
                ("employer", models.CharField(max_length=120, verbose_name="employer")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.district"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VicePrincipal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="professional title")),
                ("training_hours", models.PositiveSmallIntegerField(default=0, verbose_name="hours of training")),
                ("hours_required", models.PositiveSmallIntegerField()),
                ("schools_allowed", models.PositiveSmallIntegerField()),
                ("years", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("candidate", "candidate"), ("in_office", "in office"), ("ended", "ended")],
                        default="candidate",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="in office from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends before")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("proposed_at", models.DateTimeField(default=portal.lib.clock.now)),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partnerships.scan",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vice_principals",
                        to="partnerships.school",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="partnerships.viceprincipalperson",
                    ),
                ),
            ],
            options={
                "ordering": ["school__organisation__name_zh", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="viceprincipalperson",
            constraint=models.UniqueConstraint(
                fields=("district", "name", "employer"),
                name="vice_principal_person_once",
                violation_error_message="This person is already known in the district.",
            ),
        ),
        migrations.AddConstraint(
            model_name="viceprincipal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ended"), _negated=True),
                fields=("person", "school"),
                name="vice_principal_once_at_school",
                violation_error_message="This person is already proposed or in office at the school.",
            ),
        ),
        migrations.AddConstraint(
            model_name="viceprincipal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "in_office"), _negated=True),
                    ("training_hours__gte", models.F("hours_required")),
                    _connector="OR",
                ),
                name="vice_principal_trained",
                violation_error_message="The hours of training come first: they are not complete yet.",
            ),
        ),
        migrations.AddConstraint(
            model_name="viceprincipal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "in_office"), _negated=True), ("consent__isnull", False), _connector="OR"
                ),
                name="vice_principal_consented",
                violation_error_message="The consent of the employer comes first: upload it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="viceprincipal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "in_office"), _negated=True),
                    models.Q(("ends_on__isnull", False), ("starts_on__isnull", False)),
                    _connector="OR",
                ),
                name="vice_principal_dated",
                violation_error_message="A term of office has a first and a last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="viceprincipal",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                name="vice_principal_ends_after_start",
                violation_error_message="The term of office must end after it begins.",
            ),
        ),
        migrations.RunSQL(SCHOOLS_ALLOWED, "DROP FUNCTION vice_principal_schools() CASCADE;"),
        moves_only("partnerships_viceprincipal", {"candidate": "in_office ended", "in_office": "ended"}),
    ]
