"""`make check`: all that can be known without running a test. Every step runs; the failed ones are named at the end."""

import os
import subprocess
import sys
import time

from house import browser, locks, messages, processes
from house.install import CHECKOUT, VENV

MANAGE = ["python", "manage.py"]
COMMANDS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "templates": ["djlint", "--lint", "--quiet", "templates"],
    "types": ["mypy"],
    "system": [*MANAGE, "check"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "schema": [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
}
# enough for Django to load without a database; nothing here is used
SETTINGS = {
    "SECRET_KEY": "only for checks",
    "IDENTITY_KEYS": "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "IDENTITY_MAC_KEY": "only for checks",
    "DEMO": "0",
    "DEBUG": "0",
    "PYTHONWARNINGS": "ignore::RuntimeWarning",  # makemigrations warns that it compared with no database
}


def main() -> int:
    processes.end_with_parent()
    steps = {name: (lambda words=words: run(words)) for name, words in COMMANDS.items()}
    steps |= {"translations": translations, "locks": are_locks_fresh}
    failed = []
    for name, step in steps.items():
        started = time.monotonic()
        good = step()
        print(f"{'ok    ' if good else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if not good:
            failed.append(name)
    if failed:
        print(
            f"\nmake check failed: {', '.join(failed)}. `make fix` mends format and gathers sentences.", file=sys.stderr
        )
    return 1 if failed else 0


def run(words: list[str]) -> bool:
    program = VENV / "bin" / words[0]
    done = subprocess.run(
        [program, *words[1:]], cwd=CHECKOUT, env={**os.environ, **SETTINGS}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def translations() -> bool:
    """The catalogues are complete and hold what the code says."""
    if not messages.has_xgettext():
        return not browser.missing("xgettext", "the check of translations is")
    os.environ.update(SETTINGS)
    found = messages.complaints()
    print("\n".join(found[:200]), end="\n" if found else "", flush=True)
    return not found


def are_locks_fresh() -> bool:
    late = locks.stale()
    if late:
        print(f"requirements/{', '.join(late)}.txt: not what pyproject.toml asks for; run `make lock`", flush=True)
    return not late


if __name__ == "__main__":
    sys.exit(main())
