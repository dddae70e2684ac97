from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0011_roster_changes")]
    operations = [
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("listing", "round", "reviewed_by"),
                name="review_two_people",
                violation_error_message="You have decided on this application in another hat: your other office's decision is a colleague's.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementparty",
            constraint=models.UniqueConstraint(
                fields=("agreement", "signed_by"),
                condition=models.Q(("how", "online")),
                name="agreement_party_two_people",
                violation_error_message="You have signed this agreement for another party: a colleague signs for this one.",
            ),
        ),
    ]
