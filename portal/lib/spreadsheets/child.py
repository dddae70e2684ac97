"""The short-lived process that opens an untrusted file: limits first, then one answer in JSON.

Started by reading.py without Django. Whatever a hostile file does (an allocation of gigabytes, an abort inside a
native library, an endless loop) ends this process and nothing else.
"""

import json
import resource
import sys

from .sheets import MOST_TEXT, Book, Unreadable
from .sniffing import read_book

MEMORY = 1024 * 1024 * 1024
SECONDS = 20


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    name, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = as_json(read_book(data, json.loads(name)))
    except Unreadable as refusal:
        answer = {"refused": refusal.code, "facts": refusal.facts}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_large_unpacked", "facts": {}}
    written = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    if len(written) > MOST_TEXT:
        written = json.dumps({"refused": "too_large_unpacked", "facts": {}})
    sys.stdout.buffer.write(written.encode("utf-8", "replace"))


def as_json(book: Book) -> dict:
    return {
        "kind": book.kind,
        "encoding": book.encoding,
        "sheets": [
            {
                "name": sheet.name,
                "rows": sheet.rows,
                "is_hidden": sheet.is_hidden,
                "hidden": sorted(sheet.hidden),
                "struck": sorted(sheet.struck),
                "merged": sheet.merged,
                "secrets": sorted(sheet.secrets),
            }
            for sheet in book.sheets
        ],
    }
