"""`make test`: every test, in three parts, against one pair of throw-away services. Prints what each part took."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from house import browser, demo, processes, services, translations
from house.install import CHECKOUT, VENV

# part → (what pytest is asked, seconds it should stay within on two cores)
PARTS = {
    "boundaries": (["tests/boundaries", "-m", "not browser"], 180),
    "browser": (["tests", "-m", "browser"], 240),
    "rest": (["tests", "--ignore=tests/boundaries", "-m", "not browser"], 180),
}
NOTHING_SELECTED = 5
AGAIN = ["--last-failed", "--last-failed-no-failures", "none"]


def main() -> int:
    processes.end_with_parent()
    failed = 0
    parts = dict(PARTS)
    chromium = browser.find_or_install()
    if not chromium:
        failed = browser.missing("Chromium", "the browser tests are")
        del parts["browser"]
    translations.compile_all()
    took = {}
    with tempfile.TemporaryDirectory() as folder, services.running(throwaway=True) as urls:
        os.environ.update(urls | browser.fonts(Path(folder)) | {"CHROMIUM": chromium or ""})
        for name, (words, _limit) in parts.items():
            print(f"\n=== {name}", flush=True)
            started = time.monotonic()
            with shared_demo(Path(folder)) if name == "browser" else contextlib.nullcontext({}) as more:
                wrong = run_part(name, words, {**os.environ, **more})
            failed |= wrong
            took[name] = time.monotonic() - started
    print()
    for name, seconds in took.items():
        limit = PARTS[name][1]
        print(f"{name:<12}{seconds:7.1f} s{'' if seconds <= limit else f'   more than the {limit} s it should take'}")
    print(f"{'all':<12}{sum(took.values()):7.1f} s   {'FAILED' if failed else 'passed'}")
    return 1 if failed else 0


@contextlib.contextmanager
def shared_demo(folder: Path):
    """Where the one demo stands that the browser tests of all processes only read."""
    with demo.served(folder) as address:
        yield {"DEMO_ADDRESS": address}


def run_part(name: str, words: list[str], environment: dict[str, str]) -> int:
    """Run a part; what fails is asked once more, alone, and both answers are printed. 0 where all is well in the end."""
    if not pytest(words, environment):
        return 0
    print(f"\n=== {name}, once more: what fails alone as well is broken, what passes now is unsteady", flush=True)
    return pytest([*words, *AGAIN], environment, fine=(0,))  # nothing to repeat: what broke was no test


def pytest(words: list[str], environment: dict[str, str], fine: tuple[int, ...] = (0, NOTHING_SELECTED)) -> int:
    command = [VENV / "bin" / "pytest", "-q", "-n", "2", *words]
    code = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode
    return 0 if code in fine else 1


if __name__ == "__main__":
    sys.exit(main())
