"""`make run`: services, tables, demo, web server, worker and beat; and the end of all of them when we end, however we end."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

from house import commands, folders, processes, services
from house.install import CHECKOUT, VENV

PATIENCE = 60  # seconds until the web server must have answered
PORTS_TRIED = 100
ACCOUNTS = "ACCOUNTS_FILE"  # where house/prepare.py leaves the text about the demo accounts


class Stopped(BaseException):
    """Somebody asked us to end."""


class Portal:
    """The portal's processes over one environment, in the order in which they start; stopped in the opposite one."""

    def __init__(self, environment: dict[str, str], names=tuple(commands.PROCESSES)):
        self.environment, self.names = environment, names
        self.running: dict[str, subprocess.Popen] = {}

    def start(self) -> None:
        for name in self.names:
            words = commands.PROCESSES[name].split()
            program = VENV / "bin" / words[0]
            self.running[name] = processes.start(program, *words[1:], cwd=CHECKOUT, env=self.environment)

    def stop(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            processes.stop(process)

    def ended(self) -> str | None:
        """The name of a process that is no more."""
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def wait_for_answer(self, address: str) -> None:
        """Until the web server answers a page; raises SystemExit when a process ends or the patience does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if name := self.ended():
                raise SystemExit(f"The {name} process ended while starting (see above).")
            if answers(address):
                return
            time.sleep(0.1)
        raise SystemExit(f"The web server did not answer at {address} within {PATIENCE} s.")


def answers(address: str) -> bool:
    """Whether anything but a server error comes back."""
    try:
        with urllib.request.urlopen(address, timeout=5) as page:  # noqa: S310 - our own address
            return page.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    processes.end_with_parent()
    read_env_file()
    folder, lock = folders.claim_kept()
    servers = services.Services(folder, lock, throwaway=False)
    portal = None
    try:
        if not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
            servers.start()
            folders.link(folder)
        environment = environment_of(folder, services.urls_in(folder))
        prepare(environment)
        address = f"http://{shown_host(environment['GRANIAN_HOST'])}:{environment['GRANIAN_PORT']}/"
        environment.setdefault("SITE_URL", address)
        portal = Portal(environment)
        portal.start()
        portal.wait_for_answer(address)
        announce(address, folder)
        while not (name := portal.ended()):
            time.sleep(0.5)
        print(f"The {name} process ended; stopping the rest.", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of us running
        print("Stopping …", flush=True)
        if portal:
            portal.stop()
        servers.stop()


def ask_to_stop(number, frame):
    raise Stopped


def read_env_file() -> None:
    """`.env` beside the Makefile: KEY=value lines; what the environment says already wins."""
    path = CHECKOUT / ".env"
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and value.strip() and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def environment_of(folder: Path, urls: dict[str, str]) -> dict[str, str]:
    """What the processes are told. The demo is on where the database is our own."""
    own_database = "DATABASE_URL" not in os.environ
    host = os.environ.get("HOST", "127.0.0.1")
    return {
        **kept_secrets(folder),
        "DEMO": "1" if own_database else "0",
        "C_FORCE_ROOT": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        "BEAT_FILE": str(folder / "beat"),
        ACCOUNTS: str(folder / "accounts.txt"),
        "PYTHONUNBUFFERED": "1",
        **os.environ,
        **urls,
        "GRANIAN_HOST": host,
        "GRANIAN_PORT": str(free_port(host, int(os.environ.get("PORT", "8000")))),
        "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '')}",
    }


def kept_secrets(folder: Path) -> dict[str, str]:
    """Keys made once for the data in this folder: without them its names can't be read again."""
    path = folder / "secrets"
    if not path.exists():
        lines = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "IDENTITY_KEYS": "1:" + b64encode(secrets.token_bytes(32)).decode(),
            "IDENTITY_MAC_KEY": secrets.token_urlsafe(32),
        }
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in lines.items())
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def free_port(host: str, wanted: int, *, quiet: bool = False) -> int:
    """The wanted port, or the next free one, said aloud."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        if port != wanted and not quiet:
            print(f"Port {wanted} is busy; taking {port}.", flush=True)
        return port
    raise SystemExit(f"No free port from {wanted} to {wanted + PORTS_TRIED - 1}.")


def shown_host(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104


def prepare(environment: dict[str, str]) -> None:
    words = commands.PREPARE.split()
    done = processes.start(VENV / "bin" / words[0], *words[1:], cwd=CHECKOUT, env=environment)
    try:
        if done.wait():
            raise SystemExit("The portal could not be made ready (see above).")
    finally:
        processes.stop(done)


def announce(address: str, folder: Path) -> None:
    accounts = folder / "accounts.txt"
    print(f"\n  馆校通 Guanxiao is at {address}\n", flush=True)
    if accounts.exists():
        print(accounts.read_text(encoding="utf-8"), flush=True)
    print("  Ctrl-C stops everything. The data stays.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
