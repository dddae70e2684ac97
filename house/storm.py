"""`make storm`, `make storm ONLY=ledger`: every bench/storm_<name>.py in turn; exit 1 when one broke a promise."""

import os
import subprocess
import sys
import time

from house import processes
from house.install import CHECKOUT

LIMIT = 20 * 60  # seconds for all of them together


def names() -> list[str]:
    """What can blow, by name."""
    return sorted(path.stem.removeprefix("storm_") for path in (CHECKOUT / "bench").glob("storm_*.py"))


def main(wanted: list[str]) -> int:
    processes.end_with_parent()
    if unknown := set(wanted) - set(names()):
        print(f"No such storm: {', '.join(sorted(unknown))}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    began, took, broken = time.monotonic(), {}, []
    for name in wanted or names():
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        left = max(LIMIT - (started - began), 1)
        if not blow(name, environment, left):
            broken.append(name)
        took[name] = time.monotonic() - started
    print()
    for name, seconds in took.items():
        print(f"{name:<12}{seconds:7.1f} s   {'BROKEN' if name in broken else 'held'}")
    return 1 if broken else 0


def blow(name: str, environment: dict[str, str], limit: float) -> bool:
    """Run one storm to its end; whether it kept its promises within the time left."""
    process = processes.start(sys.executable, "-m", f"bench.storm_{name}", cwd=CHECKOUT, env=environment)
    try:
        return process.wait(limit) == 0
    except subprocess.TimeoutExpired:
        print(f"The storms took more than the {LIMIT // 60} minutes they may.", flush=True)
        return False
    finally:
        processes.stop(process)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
