"""`manage.py application_role portal_app`: the role for web and worker, after every migration, as the tables' owner."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.lib import application_role


class Command(BaseCommand):
    help = "Create the application's database role and give it its rights; append-only tables stay append-only for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="for example portal_app; its password comes from APPLICATION_PASSWORD, if set")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        tables = application_role.prepare(name, password=os.environ.get("APPLICATION_PASSWORD", ""))
        self.stdout.write(f"{name} may not change: {', '.join(tables)}")
