"""manage.py seed: plant the demo in an empty database, or list its accounts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from people import demo
from portal.demo import seed


class Command(BaseCommand):
    help = "Plants the demo up to today, once. The same seed on the same day gives the same data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another number, another demo")
        parser.add_argument("--when-empty", action="store_true", help="say nothing when there is something already")
        parser.add_argument("--accounts", action="store_true", help="only list the accounts of the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accounts"]:  # a second planting is no error: a repeated start must not fail
            if seed.is_empty():
                self.stdout.write(f"The demo is planted: {seed.plant(options['seed'])} acts.")
            elif not options["when_empty"]:
                self.stdout.write("The database holds something already: nothing was planted.")
        for card in demo.cards():
            self.stdout.write(f"  {card.hat.user.username:14} {card.role.label:24} {card.hat.organisation.name_zh}")
