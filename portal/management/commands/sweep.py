"""`manage.py sweep`: do by hand what the timetable does by itself."""

from typing import Any

from django.core.management.base import BaseCommand

from credits import sweep


class Command(BaseCommand):
    help = "Post every credit whose roll and postings disagree, in both directions."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep.run()
        self.stdout.write(
            f"{swept.looked_at} bookings: {swept.awards} awards, {swept.reversals} reversals, {swept.left} left"
        )
