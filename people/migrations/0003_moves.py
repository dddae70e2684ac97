from django.db import migrations

from portal.lib.guards import MOVES_ONLY_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("people", "0002_guards")]
    operations = [MOVES_ONLY_FUNCTION]
