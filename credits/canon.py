"""The canonical bytes of a posting: length-prefixed, so that no two different postings share them (docs/decisions)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

ENTRY_FIELDS = (
    "account_id", "n", "points", "balance", "code", "version", "source", "nth", "reverses_n",
    "school_id", "district_id", "grade", "term_id", "concerns_term_id", "inputs",
)  # fmt: skip
SOURCES = ("roll_entry", "result")


def atom(value: Any) -> bytes:
    """`<length in bytes>:<UTF-8>,` – numbers in decimal, nothing as the empty text, JSON with sorted keys."""
    if isinstance(value, bytes):
        raw = value
    elif isinstance(value, dict):
        raw = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    else:
        raw = ("" if value is None else str(value)).encode()
    return b"%d:%s," % (len(raw), raw)


def source(entry: dict[str, Any]) -> str:
    """The one fact that an entry rests on: `roll_entry:17` or `result:17`."""
    return ",".join(f"{name}:{entry[f'{name}_id']}" for name in SOURCES if entry[f"{name}_id"] is not None)


def body(*, chain_id: int, at: dt.datetime, by: str, entries: Iterable[dict[str, Any]]) -> bytes:
    """Bytes of one posting; entries are told in the order of account and number."""
    told = sorted(entries, key=lambda entry: (str(entry["account_id"]), entry["n"]))
    instant = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    parts = [atom("posting/1"), atom(chain_id), atom(instant), atom(by), atom(len(told))]
    parts += [atom(b"".join(atom(entry[name]) for name in ENTRY_FIELDS)) for entry in told]
    return b"".join(parts)


def link(prev: bytes | memoryview, seq: int, told: bytes | memoryview) -> bytes:
    """The hash that ties a posting to its predecessor: sha256(prev ‖ seq ‖ body), as the database recomputes it."""
    return hashlib.sha256(bytes(prev) + seq.to_bytes(8, "big") + bytes(told)).digest()
