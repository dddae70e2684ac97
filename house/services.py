"""PostgreSQL and Valkey from their wheels (the programs only), on Unix sockets, without root, ports or system packages."""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg2

from house import folders, processes

PATIENCE = 10  # seconds: a killed server's last backend may hold its files for about one
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SOCKETS = "s"


class Services:
    """The two running servers of one folder."""

    def __init__(self, folder: Path, lock: int, *, throwaway: bool, durable: bool = True):
        self.folder, self.lock, self.throwaway, self.durable = folder, lock, throwaway, durable
        self.user = folders.server_user()
        self.postgres_bin, self.valkey_server = folders.binaries(folder, self.user)
        self.sockets = folders.own(folder / SOCKETS, self.user)
        self.running: list[tuple[subprocess.Popen, int]] = []

    def start(self) -> "Services":
        """Both servers up and answering, or SystemExit with the end of the log."""
        try:
            self._start_postgres()
        except SystemExit:
            if not self.throwaway:
                raise
            shutil.rmtree(self.folder / "pg", ignore_errors=True)  # nothing in it is worth a repair
            self._start_postgres()
        self._start_valkey()
        return self

    def stop(self) -> None:
        """Servers down, lock given back."""
        while self.running:
            process, how = self.running.pop()
            processes.stop(process, how)
        with contextlib.suppress(OSError):
            os.close(self.lock)

    def _start_postgres(self) -> None:
        data = folders.own(self.folder / "pg", self.user)
        if not (data / "PG_VERSION").exists():
            self._initdb(data)
        self._forget_reused_pid(data)
        settings = ["listen_addresses=", "max_connections=200", *(() if self.durable else FAST)]
        options = [word for setting in settings for word in ("-c", setting)]
        end = time.monotonic() + PATIENCE
        server = None
        while time.monotonic() < end:
            if server is None or server.poll() is not None:
                # INT is PostgreSQL's fast stop; TERM would wait for its clients
                server = self._server(
                    "postgres",
                    self.postgres_bin / "postgres",
                    "-D",
                    data,
                    "-k",
                    self.sockets,
                    *options,
                    die=signal.SIGINT,
                )
            try:
                self._make_database()
            except psycopg2.OperationalError:
                time.sleep(0.05)
            else:
                self.running.append((server, signal.SIGINT))
                return
        processes.stop(server, signal.SIGINT)
        raise SystemExit("PostgreSQL did not start:\n" + self._end_of_log("postgres"))

    def _initdb(self, data: Path) -> None:
        command = [str(self.postgres_bin / "initdb"), "-D", str(data), "-U", "portal", "-A", "trust", "-E", "UTF8"]
        made = subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync"],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **self.user,
        )  # fmt: skip
        if made.returncode:
            raise SystemExit("PostgreSQL's initdb failed:\n" + made.stdout + made.stderr)

    def _forget_reused_pid(self, data: Path) -> None:
        """In containers a pid of an earlier start is often somebody else's by now; PostgreSQL would refuse for ever."""
        try:
            pid = int((data / "postmaster.pid").read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return  # no file, or a dead pid, which PostgreSQL handles itself
        if command and str(data).encode() not in command:
            for stale in (data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock", self.sockets / ".s.PGSQL.5432"):
                stale.unlink(missing_ok=True)

    def _make_database(self) -> None:
        connection = psycopg2.connect(dbname="postgres", user="portal", host=str(self.sockets))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
                if not cursor.fetchone():
                    cursor.execute("CREATE DATABASE portal")
        finally:
            connection.close()

    def _start_valkey(self) -> None:
        kept = folders.own(self.folder / "valkey", self.user)
        address = str(self.sockets / "v")
        Path(address).unlink(missing_ok=True)
        server = self._server(
            "valkey", self.valkey_server, "--port", "0", "--unixsocket", address, "--unixsocketperm", "700",
            "--dir", kept, "--save", "", "--appendonly", "no",
        )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and server.poll() is None:
            if answers_ping(address):
                self.running.append((server, signal.SIGTERM))
                return
            time.sleep(0.02)
        processes.stop(server)
        raise SystemExit("Valkey did not start:\n" + self._end_of_log("valkey"))

    def _server(self, name: str, *command, die: int = signal.SIGTERM) -> subprocess.Popen:
        options = dict(self.user) or {"cwd": "/"}
        with (self.folder / f"{name}.log").open("ab") as log:
            return processes.start(*command, die=die, stdout=log, stderr=log, **options)

    def _end_of_log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]


def answers_ping(address: str) -> bool:
    """Whether a Valkey answers on this socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(address)
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def running(*, throwaway: bool):
    """Both services for the length of a `with`; only those without a URL in the environment. Yields the environment to use."""
    wanted = {"DATABASE_URL", "REDIS_URL"}
    if wanted <= os.environ.keys():
        yield {name: os.environ[name] for name in wanted}
        return
    services = begin(throwaway=throwaway)
    try:
        yield urls_in(services.folder)
    finally:
        services.stop()


def begin(*, throwaway: bool, durable: bool | None = None) -> Services:
    """Start both services and leave them running until `stop()` or our end.

    Throw-away ones skip fsync unless `durable` asks for it: a storm measures what a real server would do."""
    folder, lock = folders.claim_throwaway() if throwaway else folders.claim_kept()
    services = Services(folder, lock, throwaway=throwaway, durable=not throwaway if durable is None else durable)
    if not throwaway:
        folders.link(folder)
    try:
        return services.start()
    except BaseException:
        services.stop()
        raise


def urls_in(folder: Path) -> dict[str, str]:
    """Where the services of a folder answer; what the environment says already wins."""
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL", f"postgresql://portal@/portal?host={folder / SOCKETS}"),
        "REDIS_URL": os.environ.get("REDIS_URL", f"unix://{folder / SOCKETS}/v"),
    }


def for_tests() -> None:
    """Throw-away services for this process and its children, unless both addresses are given. Called by tests/settings.py."""
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return
    services = begin(throwaway=True)
    atexit.register(services.stop)
    os.environ.update(urls_in(services.folder))
