"""The year's end: publications, objections, certificates, and the columns of the evaluation template."""

import django.db.models.deletion
import portal.lib.keys
from django.conf import settings
from django.db import migrations, models
from django.db.migrations import RunSQL

from portal.lib.guards import append_only, moves_only


PUBLICATION = RunSQL(
    """
    CREATE FUNCTION credits_publication_ends() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state = 'final' AND OLD.state = 'open' THEN
            IF NEW.finalised_at < NEW.ends_on::timestamp AT TIME ZONE 'Asia/Shanghai' THEN
                RAISE EXCEPTION 'the period of this publication is not over'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_publication_period_over';
            END IF;
            IF EXISTS (SELECT FROM credits_dispute WHERE publication_id = NEW.id AND state = 'open') THEN
                RAISE EXCEPTION 'an objection to this publication waits'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_publication_undisputed';
            END IF;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER credits_publication_ends BEFORE UPDATE OF state ON credits_publication
        FOR EACH ROW EXECUTE FUNCTION credits_publication_ends();

    CREATE FUNCTION credits_published_fits() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM credits_publication p JOIN credits_entry e ON e.id = NEW.entry_id
             WHERE p.id = NEW.publication_id AND p.school_id = e.school_id AND p.term_id = e.concerns_term_id
               AND e.reverses_id IS NULL)
        THEN
            RAISE EXCEPTION 'a publication shows awards of its own school and term'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_published_fits';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER credits_published_fits AFTER INSERT ON credits_publishedentry
        FOR EACH ROW EXECUTE FUNCTION credits_published_fits();

    CREATE FUNCTION credits_published_whole() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        p credits_publication%ROWTYPE;
    BEGIN
        IF TG_TABLE_NAME = 'credits_publication' THEN
            p := NEW;
        ELSE
            SELECT * INTO p FROM credits_publication WHERE id = NEW.publication_id;
        END IF;
        IF p.entries <> (SELECT count(*) FROM credits_publishedentry WHERE publication_id = p.id) THEN
            RAISE EXCEPTION 'nothing is added to a publication that families are reading'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_published_whole';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER credits_published_whole AFTER INSERT ON credits_publishedentry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credits_published_whole();
    CREATE CONSTRAINT TRIGGER credits_publication_whole AFTER INSERT ON credits_publication
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credits_published_whole()
    """,
    """
    DROP TRIGGER credits_publication_whole ON credits_publication;
    DROP TRIGGER credits_published_whole ON credits_publishedentry; DROP FUNCTION credits_published_whole();
    DROP TRIGGER credits_published_fits ON credits_publishedentry; DROP FUNCTION credits_published_fits();
    DROP TRIGGER credits_publication_ends ON credits_publication; DROP FUNCTION credits_publication_ends()
    """,
)

DISPUTE_IN_TIME = RunSQL(
    """
    CREATE FUNCTION credits_dispute_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM credits_publication WHERE id = NEW.publication_id AND state = 'open') THEN
            RAISE EXCEPTION 'this publication is closed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_dispute_in_time';
        END IF;
        IF NEW.entry_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM credits_publishedentry s JOIN credits_entry e ON e.id = s.entry_id
             WHERE s.publication_id = NEW.publication_id AND e.id = NEW.entry_id AND e.account_id = NEW.student_id
               AND e.roll_entry_id IS NOT DISTINCT FROM NEW.roll_entry_id)
        THEN
            RAISE EXCEPTION 'this entry is not in that publication'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_dispute_about_shown';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER credits_dispute_in_time BEFORE INSERT ON credits_dispute
        FOR EACH ROW EXECUTE FUNCTION credits_dispute_in_time()
    """,
    "DROP TRIGGER credits_dispute_in_time ON credits_dispute; DROP FUNCTION credits_dispute_in_time()",
)

CERTIFICATE_FINAL = RunSQL(
    """
    CREATE FUNCTION credits_certificate_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM credits_publication WHERE id = NEW.publication_id AND state = 'final') THEN
            RAISE EXCEPTION 'only final entries count'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_certificate_final';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER credits_certificate_final BEFORE INSERT ON credits_certificate
        FOR EACH ROW EXECUTE FUNCTION credits_certificate_final();

    CREATE FUNCTION credits_certificate_revoked_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state = 'revoked' THEN
            RAISE EXCEPTION 'a revoked certificate stays revoked'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_certificate_revoked_once';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER credits_certificate_revoked_once
        BEFORE UPDATE OF revoked_at, revoked_by, reason ON credits_certificate
        FOR EACH ROW EXECUTE FUNCTION credits_certificate_revoked_once()
    """,
    """
    DROP TRIGGER credits_certificate_revoked_once ON credits_certificate;
    DROP FUNCTION credits_certificate_revoked_once();
    DROP TRIGGER credits_certificate_final ON credits_certificate; DROP FUNCTION credits_certificate_final()
    """,
)

# A term is sealed once nothing of it is open for objection any more.
CHAIN_SETTLED = RunSQL(
    """
    CREATE FUNCTION credits_chain_settled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.sealed_at IS NOT NULL AND EXISTS (
            SELECT FROM credits_publication WHERE term_id = NEW.term_id AND state = 'open')
        THEN
            RAISE EXCEPTION 'a publication of this term is open'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_chain_settled';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER credits_chain_settled BEFORE UPDATE OF sealed_at ON credits_chain
        FOR EACH ROW EXECUTE FUNCTION credits_chain_settled()
    """,
    "DROP TRIGGER credits_chain_settled ON credits_chain; DROP FUNCTION credits_chain_settled()",
)

PUBLISHED_AS = (
    "school_class_id", "school_id", "district_id", "term_id", "number", "entries", "starts_on", "ends_on",
    "published_at", "published_by",
)  # fmt: skip
SAID = ("publication_id", "student_id", "entry_id", "roll_entry_id", "reason", "raised_at", "raised_by_id")
ISSUED = (
    "id", "kind", "account_id", "school_id", "district_id", "publication_id", "stage", "level", "school_year", "content",
    "sha256", "issued_at", "issued_by", "replaces_id",
)  # fmt: skip

GUARDS = [
    append_only("credits_publication", columns=PUBLISHED_AS),
    append_only("credits_publishedentry"),
    append_only("credits_dispute", columns=SAID),
    append_only("credits_certificate", columns=ISSUED),
    moves_only("credits_publication", {"open": "final"}),
    moves_only("credits_dispute", {"open": "upheld dismissed"}),
    moves_only("credits_certificate", {"valid": "revoked"}),
    PUBLICATION,
    DISPUTE_IN_TIME,
    CERTIFICATE_FINAL,
    CHAIN_SETTLED,
]


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0003_moves"),
        ("credits", "0004_term_dates"),
        ("partnerships", "0003_moves"),
        ("people", "0003_moves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="number")),
                ("entries", models.PositiveIntegerField(verbose_name="entries")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="ends before")),
                ("published_at", models.DateTimeField(verbose_name="published")),
                ("published_by", models.CharField(max_length=120, verbose_name="published by")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open for objection"), ("final", "Final")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("finalised_at", models.DateTimeField(null=True, verbose_name="final since")),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.district",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partnerships.school",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partnerships.schoolclass",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partnerships.term"
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="what the family says")),
                ("raised_at", models.DateTimeField(verbose_name="entered")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Objection waits"),
                            ("upheld", "Objection upheld"),
                            ("dismissed", "Objection dismissed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="answer in writing")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="credits.entry",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "roll_entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_disputes",
                        to="activities.rollentry",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partnerships.student"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="credits.publication"
                    ),
                ),
            ],
            options={
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.UUIDField(default=portal.lib.keys.fresh, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("certificate", "Certificate"), ("sheet", "Science practice record")],
                        default="certificate",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kindergarten", "kindergarten"),
                            ("primary", "primary"),
                            ("junior", "junior secondary"),
                            ("senior", "senior secondary"),
                        ],
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(null=True, verbose_name="level")),
                ("school_year", models.PositiveSmallIntegerField(null=True, verbose_name="school year")),
                ("content", models.JSONField(verbose_name="content")),
                ("sha256", models.BinaryField(max_length=32)),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("issued_by", models.CharField(max_length=120, verbose_name="issued by")),
                (
                    "state",
                    models.CharField(
                        choices=[("valid", "Valid"), ("revoked", "Revoked")],
                        default="valid",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked")),
                ("revoked_by", models.CharField(blank=True, max_length=120, verbose_name="revoked by")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="credits.account",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.district",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="credits.certificate",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partnerships.school"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credits.publication",
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PublishedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="published", to="credits.entry"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shown", to="credits.publication"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EvaluationColumn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("title", models.CharField(max_length=60, verbose_name="column title")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("school", "School"),
                            ("class", "Class"),
                            ("grade", "Grade"),
                            ("seat", "Seat number"),
                            ("number", "Number within the school"),
                            ("name", "Name of the pupil"),
                            ("year", "School year"),
                            ("points", "Points of the school year"),
                            ("kinds", "Kinds of activity"),
                            ("times", "Number of activities"),
                            ("target", "Target reached (yes or no)"),
                            ("content", "Content: date, activity, points"),
                            ("empty", "Left empty"),
                        ],
                        max_length=20,
                        verbose_name="content",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.district",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("district", "position"),
                        name="evaluation_column_position",
                        violation_error_message="Two columns can't stand in one place.",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["school", "term"], name="publication_by_school"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["district", "term"], name="publication_by_district"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                fields=("school_class", "term", "number"),
                name="publication_number",
                violation_error_message="This class has been published meanwhile. Look at the page again.",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("school_class", "term"),
                name="publication_one_open",
                violation_error_message="A publication of this class is still open for objection.",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on")), ("entries__gte", 1), ("number__gte", 1)),
                name="publication_period",
                violation_error_message="A publication has entries and lasts at least a day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finalised_at__isnull", True), ("state", "open")),
                    models.Q(("finalised_at__isnull", False), ("state", "final")),
                    _connector="OR",
                ),
                name="publication_final_since",
                violation_error_message="A final publication says since when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("entry",),
                name="dispute_one_open",
                violation_error_message="An objection to this entry waits already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("entry__isnull", True), ("state", "open")),
                fields=("publication", "student"),
                name="dispute_one_open_missing",
                violation_error_message="An objection about a missing entry of this pupil waits already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("raised_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispute_two_people",
                violation_error_message="Whoever entered an objection does not decide it: ask a second person.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""), ("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")
                    ),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        models.Q(("answer", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispute_decided",
                violation_error_message="A decision says who made it, when, and why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="dispute_reason",
                violation_error_message="An objection says what is wrong.",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["account", "kind"], name="certificate_by_account"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["district", "issued_at"], name="certificate_by_district"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "certificate"), ("state", "valid")),
                fields=("account", "stage", "level"),
                name="certificate_one_valid",
                violation_error_message="This pupil holds a valid certificate of this level already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("stage", ""), _negated=True),
                        ("kind", "certificate"),
                        ("level__isnull", False), ("level__range", (1, 100)),
                        ("school_year__isnull", True),
                    ),
                    models.Q(("kind", "sheet"), ("level__isnull", True), ("school_year__isnull", False), ("stage", "")),
                    _connector="OR",
                ),
                name="certificate_kind_fits",
                violation_error_message="A certificate has a stage and a level, a record sheet a school year.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("revoked_at__isnull", True), ("revoked_by", ""), ("state", "valid")),
                    models.Q(
                        models.Q(("revoked_by", ""), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        ("revoked_at__isnull", False),
                        ("state", "revoked"),
                    ),
                    _connector="OR",
                ),
                name="certificate_revoked",
                violation_error_message="A revocation says who revoked, when, and why.",
            ),
        ),
        *GUARDS,
    ]
