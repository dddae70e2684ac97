import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.lib.clock
from portal.lib.guards import append_only, moves_only

# What the parties agreed to is never changed: neither the text of a frozen version nor what is annexed to it.
ANNEX_FROZEN = """
CREATE FUNCTION agreement_annex_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM partnerships_agreementversion version WHERE version.frozen_at IS NOT NULL
          AND (version.id = NEW.version_id OR version.id = OLD.version_id)
    ) THEN
        RAISE EXCEPTION 'the version of this annex is frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_annex_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_annex_frozen BEFORE INSERT OR UPDATE OR DELETE ON partnerships_agreementannex
    FOR EACH ROW EXECUTE FUNCTION agreement_annex_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0008_commitments"),
        ("people", "0007_deliveries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementAnnex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="title")),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="AgreementTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name of the template")),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField(verbose_name="text")),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered for new drafts")),
                ("written_at", models.DateTimeField(default=portal.lib.clock.now)),
            ],
            options={
                "ordering": ["name", "-number"],
            },
        ),
        migrations.CreateModel(
            name="FilingSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("head", models.CharField(max_length=30)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="agreement",
            name="amends",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="amendments",
                to="partnerships.agreement",
                verbose_name="amends",
            ),
        ),
        migrations.AddField(
            model_name="agreementparty",
            name="contact",
            field=models.CharField(blank=True, max_length=60, verbose_name="contact person"),
        ),
        migrations.AddField(
            model_name="agreementparty",
            name="phone",
            field=models.CharField(blank=True, max_length=30, verbose_name="contact's phone"),
        ),
        migrations.AddField(
            model_name="agreementparty",
            name="representative",
            field=models.CharField(blank=True, max_length=60, verbose_name="legal representative"),
        ),
        migrations.AddField(
            model_name="agreementversion",
            name="came_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partnerships.agreement",
            ),
        ),
        migrations.AddField(
            model_name="agreementversion",
            name="terms",
            field=models.JSONField(default=dict, verbose_name="terms"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["filed", "withdrawn"]), _negated=True),
                fields=("amends",),
                name="agreement_one_amendment_at_a_time",
                violation_error_message="A supplement to this agreement is already under way.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amends__isnull", True),
                    models.Q(("state__in", ["suspended", "terminated"]), _negated=True),
                    _connector="OR",
                ),
                name="agreement_amendment_lives_in_its_agreement",
                violation_error_message="A supplement ends with the agreement that it amends.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amends", models.F("id")), _negated=True),
                name="agreement_not_its_own_amendment",
                violation_error_message="An agreement can't amend itself.",
            ),
        ),
        migrations.AddField(
            model_name="agreementannex",
            name="scan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partnerships.scan"
            ),
        ),
        migrations.AddField(
            model_name="agreementannex",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="annexes", to="partnerships.agreementversion"
            ),
        ),
        migrations.AddField(
            model_name="agreementtemplate",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="agreement_templates", to="people.district"
            ),
        ),
        migrations.AddField(
            model_name="agreementtemplate",
            name="written_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="filingseries",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.district"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementannex",
            constraint=models.UniqueConstraint(
                fields=("version", "position"),
                name="agreement_annex_position_once",
                violation_error_message="Two annexes can't have the same number.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtemplate",
            constraint=models.UniqueConstraint(
                fields=("district", "name", "number"),
                name="agreement_template_once",
                violation_error_message="Somebody has just changed this template. Check it first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="agreement_template_says_something",
                violation_error_message="A template needs a text.",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingseries",
            constraint=models.UniqueConstraint(
                fields=("district", "head"),
                name="filing_series_once",
                violation_error_message="This series of numbers exists already.",
            ),
        ),
        migrations.RunSQL(ANNEX_FROZEN, "DROP FUNCTION agreement_annex_frozen() CASCADE;"),
        append_only("partnerships_agreementtemplate"),
        # some parties may sign later: what the others have signed can be sent for filing
        moves_only(
            "partnerships_agreement",
            {
                "draft": "review withdrawn",
                "review": "countered agreed withdrawn",
                "countered": "agreed withdrawn",
                "agreed": "countered signing signed withdrawn",
                "signing": "countered signed sent withdrawn",
                "signed": "countered sent withdrawn",
                "sent": "returned filed",
                "returned": "countered sent withdrawn",
                "filed": "suspended terminated",
                "suspended": "filed terminated",
            },
        ),
    ]
