from django.db import migrations

from portal.lib.guards import TWO_PEOPLE_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("people", "0007_deliveries")]
    operations = [TWO_PEOPLE_FUNCTION]
