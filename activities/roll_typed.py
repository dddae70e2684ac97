"""What a roll's form sends: one mark a pupil, task sheets, heads, when it was done, and the key of the roll."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime

from activities.models import THERE, Booking, Mark
from activities.rollcall import Said


@dataclass(frozen=True)
class Typed:
    step: str
    marks: dict[int, Said]
    heads: int | None
    marked_at: dt.datetime | None
    request_key: uuid.UUID | None
    why: str

    def with_rest_present(self, booking: Booking) -> "Typed":
        """Everybody without a mark is present: the whole class in one tap, exceptions stay."""
        known = {pk: self.marks.get(pk, Said("")) for pk in booking.roll.values_list("pk", flat=True)}
        filled = {pk: said if said.mark else Said(Mark.PRESENT, said.task_sheet) for pk, said in known.items()}
        return Typed("all", filled, self.heads, self.marked_at, self.request_key, self.why)


def read(request: HttpRequest) -> Typed:
    """Nothing in it is trusted: what is no number, time or key is left out, and the verb says what is missing."""
    sent = request.POST
    return Typed(
        step=sent.get("step", "check"),
        marks=dict(_marks(sent)),
        heads=_number(sent.get("heads", "")),
        marked_at=_moment(sent.get("marked_at", "")),
        request_key=_key(sent.get("request_key", "")),
        why=sent.get("why", "")[:200],
    )


def _marks(sent: QueryDict) -> Iterator[tuple[int, Said]]:
    everybody = "all_sheets" in sent
    for name, mark in sent.items():
        head, _dash, pk = name.partition("-")
        if head == "mark" and pk.isdecimal() and len(pk) < 19:
            sheet = mark in THERE and (everybody or f"sheet-{pk}" in sent)
            yield int(pk), Said(str(mark), sheet)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo and 2000 <= moment.year < 2100 else None


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
