"""Every table that the API serves says in which transaction each of its rows was last written."""

from django.db import migrations

from portal.lib.guards import BURY_FUNCTION, STAMP_FUNCTION, followed

# Large and quiet tables get an index; sessions and accounts change with every booking and entry and do without.
QUIET = (
    "activities_booking",
    "activities_rollentry",
    "credits_entry",
    "partnerships_enrolment",
    "partnerships_student",
)
OTHERS = (
    "activities_bookingclass",
    "activities_programme",
    "activities_session",
    "credits_account",
    "credits_creditrule",
    "partnerships_activitygroup",
    "partnerships_agreement",
    "partnerships_agreementparty",
    "partnerships_creditpilot",
    "partnerships_groupmember",
    "partnerships_listing",
    "partnerships_recognition",
    "partnerships_school",
    "partnerships_schoolclass",
    "partnerships_term",
    "partnerships_venue",
    "people_district",
    "people_organisation",
)
# what can be deleted, and how its district is found
MORTAL = {
    "partnerships_commitment": "(SELECT district_id FROM partnerships_agreement WHERE id = ($1).agreement_id)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_clients"),
        ("people", "0003_moves"),
        ("partnerships", "0003_moves"),
        ("activities", "0003_moves"),
        ("credits", "0003_moves"),
    ]

    operations = [
        STAMP_FUNCTION,
        BURY_FUNCTION,
        *(followed(table, indexed=True) for table in QUIET),
        *(followed(table) for table in OTHERS),
        *(followed(table, district=district) for table, district in MORTAL.items()),
    ]
