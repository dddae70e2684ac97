"""`.venv` and what the locks name. Runs with any system Python ≥ 3.11 and nothing installed; does nothing the second time.

python3 -m house.install main    what the portal needs to run
python3 -m house.install dev     and what its tests and checks need
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main(lock: str) -> None:
    """Bring .venv up to the lock `requirements/<lock>.txt`. Raises SystemExit with a sentence when it can't."""
    if sys.version_info < OLDEST:
        hand_over_to_newer_python()
    with alone():
        if not works():
            make_venv()
        wanted = CHECKOUT / "requirements" / f"{lock}.txt"
        if not is_installed(wanted):
            install(wanted)


def hand_over_to_newer_python() -> None:
    """Older systems often carry a newer Python under its full name."""
    for minor in range(14, OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and subprocess.run([other, "-c", ""], check=False).returncode == 0:
            os.execv(other, [other, "-m", "house.install", *sys.argv[1:]])  # noqa: S606
    raise SystemExit("Guanxiao needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031


@contextlib.contextmanager
def alone():
    """Two `make` at once install one after the other. The checkout's own folder is the lock."""
    folder = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def works() -> bool:
    """Whether .venv has a Python that starts: a moved checkout or an upgraded system leaves a dead one."""
    return (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    )


def make_venv() -> None:
    """A fresh .venv with pip. Debian's Python comes without ensurepip; then the system's pip puts itself in."""
    print("Making .venv …", flush=True)
    if VENV.is_symlink():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, check=False).returncode == 0:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=True)
    put_pip = [sys.executable, "-m", "pip", "--python", PYTHON, "install", "-q", "pip"]
    if subprocess.run(put_pip, check=False).returncode:
        raise SystemExit(f"{sys.executable} has neither ensurepip nor pip, so packages cannot be installed.")


def is_installed(wanted: Path) -> bool:
    stamp = stamp_of(wanted)
    return stamp.exists() and stamp.read_text() == digest(wanted)


def stamp_of(wanted: Path) -> Path:
    return VENV / f"installed-{wanted.stem}"


def digest(wanted: Path) -> str:
    return hashlib.sha256(wanted.read_bytes()).hexdigest()


def install(wanted: Path) -> None:
    """Exactly what the lock names, by hash: with uv, which takes seconds; with pip where uv can't."""
    print(f"Installing {wanted.relative_to(CHECKOUT)} …", flush=True)
    if not (has_uv() and by_uv(wanted)) and not by_pip(wanted):
        raise SystemExit(f"The packages of {wanted.name} could not be installed (see above).")
    stamp_of(wanted).write_text(digest(wanted))
    if wanted.stem == "dev":  # dev holds everything that main holds
        main_lock = wanted.with_name("main.txt")
        stamp_of(main_lock).write_text(digest(main_lock))


def has_uv() -> bool:
    return (VENV / "bin" / "uv").exists() or by_pip(CHECKOUT / "requirements" / "installer.txt", quiet=True)


def by_uv(wanted: Path) -> bool:
    command = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", wanted]
    return subprocess.run(command, env=uv_environment(), check=False).returncode == 0


def by_pip(wanted: Path, *, quiet: bool = False) -> bool:
    command = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", wanted]
    return subprocess.run(command, capture_output=quiet, check=False).returncode == 0


def uv_environment() -> dict[str, str]:
    """uv does not read pip's configuration: hand over the index that pip was told to use."""
    # the system's certificates, as pip and curl use them: many district networks have their own
    environment = dict(os.environ, UV_LINK_MODE="copy", UV_SYSTEM_CERTS="1", VIRTUAL_ENV=str(VENV))
    if "UV_DEFAULT_INDEX" not in environment and "UV_INDEX_URL" not in environment:
        asked = subprocess.run(
            [PYTHON, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
        )
        index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "main")
