"""A counselor is one person, and a person one counselor."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_events'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True), ('role', 'counselor')), fields=('organisation',), name='membership_one_person_a_counselor', violation_error_message='A counselor is one person.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True), ('role', 'counselor')), fields=('user',), name='membership_one_counselor_a_person', violation_error_message='You are a counselor already: apply to further districts from your profile.'),
        ),
    ]
