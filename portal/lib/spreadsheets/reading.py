"""Reads an upload. The file is opened in a child process under a memory and a time limit.

Why a process: the parsers are native code and pure Python over untrusted bytes; size checks refuse what we know
to be dangerous, the limits hold for what we do not. The child needs no Django, starts in about 0.1 s and gives
back text only; numbers shaped like an identity never leave it.
"""

import json
import subprocess
import sys
from pathlib import Path

from .sheets import Book, Sheet, Unreadable

MOST_BYTES = 10 * 1024 * 1024
SECONDS = 30
# `spreadsheets` becomes a package of its own, so that the child imports neither the portal nor Django
START = "import sys; sys.path.append(sys.argv[1]); from spreadsheets.child import main; main()"
LIB = str(Path(__file__).resolve().parent.parent)


def read(data: bytes, name: str = "") -> Book:
    """The sheets of an upload of at most 10 MB; raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large", megabytes=MOST_BYTES // 1024 // 1024)
    stem = Path(name.replace("\\", "/")).stem
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the upload is its input
            [sys.executable, "-I", "-c", START, LIB],
            input=json.dumps(stem).encode() + b"\n" + data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_large_unpacked") from error
    if done.returncode != 0:
        # standard error is dropped unread: a traceback could quote a cell
        raise Unreadable("damaged" if done.returncode > 0 else "too_large_unpacked")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise Unreadable(answer["refused"], **answer["facts"])
    return Book(answer["kind"], [sheet_from(sheet) for sheet in answer["sheets"]], answer["encoding"])


def sheet_from(given: dict) -> Sheet:
    return Sheet(
        name=given["name"],
        rows=given["rows"],
        is_hidden=given["is_hidden"],
        hidden=frozenset(given["hidden"]),
        struck=frozenset(map(tuple, given["struck"])),
        merged=tuple(map(tuple, given["merged"])),
        secrets=frozenset(map(tuple, given["secrets"])),
    )
