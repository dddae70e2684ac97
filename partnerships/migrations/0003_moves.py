from django.db import migrations

from portal.lib.guards import moves_only


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0002_guards"), ("people", "0003_moves")]
    operations = [
        moves_only(
            "partnerships_listing",
            {
                "applied": "returned listed refused",
                "returned": "applied",
                "listed": "suspended left",
                "refused": "applied",
                "suspended": "listed left",
                "left": "applied",
            },
        ),
        moves_only(
            "partnerships_agreement",
            {
                "draft": "review withdrawn",
                "review": "countered agreed withdrawn",
                "countered": "agreed withdrawn",
                "agreed": "countered signing signed withdrawn",
                "signing": "countered signed withdrawn",
                "signed": "countered sent withdrawn",
                "sent": "returned filed",
                "returned": "countered sent withdrawn",
                "filed": "suspended terminated",
                "suspended": "filed terminated",
            },
        ),
    ]
