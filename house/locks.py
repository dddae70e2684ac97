"""The locks in requirements/: exact versions with hashes, no address of any registry.

python -m house.locks            write them from pyproject.toml, keeping the versions that still fit
python -m house.locks --check    say whether they are what pyproject.toml asks for
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from house.install import CHECKOUT, VENV, uv_environment

# lock → what uv compiles it from
LOCKS = {
    "installer": ["--group", "installer"],
    "main": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--group", "dev", "-c", "requirements/main.txt"],
}
FOLDER = CHECKOUT / "requirements"


def compiled(name: str, folder: Path) -> str:
    """The lock as uv writes it now. The present lock is given as a wish: a new release elsewhere changes nothing."""
    draft = folder / f"{name}.txt"
    draft.write_text(present(name))
    command = [
        VENV / "bin" / "uv",
        "pip",
        "compile",
        "-q",
        "--generate-hashes",
        "--no-header",
        "--universal",
        "--no-annotate",
    ]
    subject = ["--python-version", "3.11", *LOCKS[name], "-o", draft]
    subprocess.run([*command, *subject], check=True, cwd=CHECKOUT, env=uv_environment(), stdout=subprocess.DEVNULL)
    return draft.read_text()


def stale() -> list[str]:
    """Names of the locks that pyproject.toml no longer agrees with."""
    with tempfile.TemporaryDirectory() as folder:
        return [name for name in LOCKS if pins(compiled(name, Path(folder))) != pins(present(name))]


def present(name: str) -> str:
    path = FOLDER / f"{name}.txt"
    return path.read_text() if path.exists() else ""


def pins(lock: str) -> set[str]:
    """Names, versions and markers, without the hashes: a file added to an old release is no reason to fail."""
    return {line.rstrip(" \\") for line in lock.splitlines() if line and line[0].isalnum()}


def write() -> None:
    """Write every lock anew."""
    with tempfile.TemporaryDirectory() as folder:
        for name in LOCKS:
            (FOLDER / f"{name}.txt").write_text(compiled(name, Path(folder)))


if __name__ == "__main__":
    if "--check" not in sys.argv:
        write()
    elif late := stale():
        raise SystemExit(f"requirements/{', '.join(late)}.txt: run `make lock`")
