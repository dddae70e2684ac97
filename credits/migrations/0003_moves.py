from django.db import migrations

from portal.lib.guards import moves_only


class Migration(migrations.Migration):
    dependencies = [("credits", "0002_guards"), ("people", "0003_moves")]
    operations = [moves_only("credits_creditrule", {"draft": "published"})]
