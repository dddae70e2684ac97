"""Walks the ledger of one term from its first posting and says which posting is not what it was, and why.

`faults` is pure: it reads what it is given. `links` reads the rows, in batches, so that a long chain takes little memory.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, TextChoices
from django.utils.translation import gettext_lazy as _

from credits import canon
from credits.models import Chain, Entry, Posting
from credits.models.chain import ALGORITHM, ORIGIN

BATCH = 500


class Why(TextChoices):
    """What is wrong with a posting. The label is the sentence, filled with its number."""

    NUMBER = "number", _("Posting %(seq)s is missing.")
    PREV = "prev", _("Posting %(seq)s does not follow the one before it.")
    ALGORITHM = "algorithm", _("Posting %(seq)s names a way of hashing that the ledger does not know.")
    HASH = "hash", _("The hash of posting %(seq)s does not fit what it says.")
    BODY = "body", _("The entries of posting %(seq)s are not the ones that were hashed.")
    HEAD = "head", _("The ledger ends before posting %(seq)s, or not where it says.")


@dataclass(frozen=True)
class Link:
    """One posting as it lies there, and `retold`: its canonical bytes as its entries tell them today."""

    seq: int
    prev: bytes
    hash: bytes
    algorithm: str
    body: bytes
    retold: bytes


@dataclass(frozen=True)
class Fault:
    """The number of a posting in its term, and what is wrong with it."""

    seq: int
    why: Why

    @property
    def sentence(self) -> str:
        return str(self.why.label) % {"seq": f"{self.seq:,}"}


def faults(links: Iterable[Link], *, seq: int, head: bytes) -> Iterator[Fault]:
    """Everything that is wrong, in the order of the chain; nothing when it is whole.

    `links` by number; `seq` and `head` are what the chain says of its end. The first fault is the first bad posting:
    later ones may only be bad because of it."""
    number, before = 0, ORIGIN
    for link in links:
        number += 1
        if link.seq != number:
            yield Fault(number, Why.NUMBER)
            number = link.seq
        if link.prev != before:
            yield Fault(link.seq, Why.PREV)
        if link.algorithm != ALGORITHM:
            yield Fault(link.seq, Why.ALGORITHM)
        if canon.link(link.prev, link.seq, link.body) != link.hash:
            yield Fault(link.seq, Why.HASH)
        if link.retold != link.body:
            yield Fault(link.seq, Why.BODY)
        before = link.hash
    if (seq, head) != (number, before):
        yield Fault(max(number, min(seq, number + 1), 1), Why.HEAD)


def faults_of(chain: Chain) -> Iterator[Fault]:
    """The faults of one chain as its rows are now."""
    return faults(links_of(chain), seq=chain.seq, head=bytes(chain.head))


def first_fault(chain: Chain) -> Fault | None:
    """The first bad posting of the chain and why, or None when it is whole."""
    return next(faults_of(chain), None)


def links_of(chain: Chain) -> Iterator[Link]:
    """The postings of a chain by number, two queries a batch."""
    last = None
    while True:
        postings = Posting.objects.filter(chain=chain).order_by("seq")
        batch = list((postings if last is None else postings.filter(seq__gt=last))[:BATCH])
        told = _told([posting.pk for posting in batch])
        for posting in batch:
            yield Link(
                posting.seq, bytes(posting.prev), bytes(posting.hash), posting.algorithm, bytes(posting.body),
                canon.body(chain_id=posting.chain_id, at=posting.at, by=posting.by, entries=told[posting.pk]),
            )  # fmt: skip
        if len(batch) < BATCH:
            return
        last = batch[-1].seq


def _told(postings: list[int]) -> dict[int, list[dict[str, Any]]]:
    """What the entries of these postings say today, in the words of the canonical bytes."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows: Iterable[Any] = Entry.objects.filter(posting__in=postings).values(
        "posting_id", "account_id", "n", "points", "balance", "nth", "school_id", "district_id", "grade", "term_id",
        "concerns_term_id", "inputs", "roll_entry_id", "result_id",
        code=F("rule__code"), version=F("rule__version"), reverses_n=F("reverses__n"),
    )  # fmt: skip
    for row in rows:
        found[row["posting_id"]].append(row | {"source": canon.source(row)})
    return found
