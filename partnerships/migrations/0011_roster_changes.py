"""The noun of the class moves is a change of the roster: a change of the roll is a correction of attendance."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from portal.lib.guards import moves_only

OLD = ("roll_change_done_whole", "roll_change_brake_two_people", "roll_change_taken_in_once")
NEW = (
    models.CheckConstraint(
        condition=~Q(state="done") & Q(done_at__isnull=True) | Q(state="done", done_at__isnull=False),
        name="roster_change_done_whole",
        violation_error_message="What is done says when.",
    ),
    models.CheckConstraint(
        condition=~Q(state="done", is_braked=True)
        | Q(proposed_by__isnull=False, done_by__isnull=False) & ~Q(proposed_by=F("done_by")),
        name="roster_change_brake_two_people",
        violation_error_message="A braked change is confirmed by another person than the one who proposed it.",
    ),
    models.UniqueConstraint(
        fields=["follows"],
        condition=Q(state="done", follows__isnull=False),
        name="roster_change_taken_in_once",
        violation_error_message="These pupils have been taken in already.",
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("partnerships", "0010_roll_changes"),
    ]

    operations = [
        migrations.RunSQL(
            "DROP TRIGGER partnerships_rollchange_moves ON partnerships_rollchange", migrations.RunSQL.noop
        ),
        *(migrations.RemoveConstraint("rollchange", name) for name in OLD),
        migrations.RenameModel("RollChange", "RosterChange"),
        migrations.AlterField(
            "rosterchange",
            "school",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="roster_changes", to="partnerships.school"
            ),
        ),
        *(migrations.AddConstraint("rosterchange", constraint) for constraint in NEW),
        moves_only("partnerships_rosterchange", {"proposed": "done withdrawn"}),
    ]
