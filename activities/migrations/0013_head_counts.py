import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0012_assignment_contact'),
        ('partnerships', '0005_expert_pool'),
        ('people', '0007_deliveries'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_seats_ok',
        ),
        migrations.AddField(
            model_name='booking',
            name='count_due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='counted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='counted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.membership'),
        ),
        migrations.AddField(
            model_name='booking',
            name='returned',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='booking',
            name='returned_late',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='offer',
            name='heads',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='session',
            name='released_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('counted_by__isnull', True), ('counted_at__isnull', False), _connector='OR'), name='booking_count_signed', violation_error_message='A final head count says when it was given.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('returned__gte', models.F('returned_late')), ('returned_late__gte', 0)), name='booking_returned_ok', violation_error_message='No more pupils are given back late than at all.'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('heads__gte', 0), ('held__gte', 0), ('held__lte', models.F('seats')), ('seats__gt', 0)), name='offer_seats_ok', violation_error_message='An offer holds at least one place.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('released_at__isnull', True), ('held_back', models.F('held_taken')), _connector='OR'), name='session_released_once', violation_error_message='The held-back places are open to everybody: they are not held back again.'),
        ),
    ]
