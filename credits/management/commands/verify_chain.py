"""`manage.py verify_chain [--district code] [--term id]`: whether the ledger is whole, or the first bad posting of a term."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credits import verify
from credits.models import Chain, Entry


class Command(BaseCommand):
    help = "Walk the hash chains of the ledger; exit 1 and name the first bad posting where one is not whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", default="", help="code of a district; every district without it")
        parser.add_argument("--term", type=int, help="id of one term")

    def handle(self, *_args: Any, **options: Any) -> None:
        chains = Chain.objects.select_related("district", "term").order_by("district__code", "term__starts_on")
        if options["district"]:
            chains = chains.filter(district__code=options["district"])
        if options["term"]:
            chains = chains.filter(term=options["term"])
        bad = entries = 0
        for chain in chains:
            fault = verify.first_fault(chain)
            count = Entry.objects.filter(posting__chain=chain).count()
            entries += count
            bad += fault is not None
            told = (
                fault.sentence
                if fault
                else f"{count:,} entries, {chain.seq:,} postings, head {bytes(chain.head).hex()}"
            )
            self.stdout.write(f"{chain.district.code} {chain.term.name}: {told}")
        if bad:
            self.stderr.write(f"台账不完整 / The ledger is not whole: {bad} of {len(chains)} terms")
            raise SystemExit(1)
        self.stdout.write(f"台账完整，共 {entries:,} 条记录 / The ledger is complete, {entries:,} entries.")
