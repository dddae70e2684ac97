from django.db import migrations

from portal.lib.guards import APPEND_ONLY_FUNCTION, append_only


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [APPEND_ONLY_FUNCTION, append_only("people_auditevent"), append_only("people_thresholdvalue")]
