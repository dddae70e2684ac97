"""`manage.py check_books`: compare every sum and copy with its source; exit 1 when one differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from portal import books


class Command(BaseCommand):
    help = "Compare balances, counters, copied districts and chain hashes with what they come from."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in books.warnings():
            self.stderr.write(f"warning: {line}")
        found = list(books.problems())
        for line in found:
            self.stdout.write(line)
        self.stdout.write(f"{len(found)} contradictions" if found else "the books are right")
        if found:
            sys.exit(1)
