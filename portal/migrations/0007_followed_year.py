"""The calendar, counselors and the year's end can be followed too."""

from django.db import migrations

from portal.lib.guards import followed

TABLES = (
    "activities_assignment",
    "activities_counselor",
    "credits_certificate",
    "credits_competition",
    "credits_publication",
    "credits_publishedentry",
    "credits_result",
    "partnerships_calendarday",
    "portal_report",
)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_webhooks"),
        ("activities", "0004_counselors"),
        ("credits", "0006_results"),
    ]

    operations = [followed(table) for table in TABLES]
