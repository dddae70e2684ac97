"""Where a storm blows: throw-away servers with real fsync, a migrated database, and the application's own role.

    HERE = stand.begin()                    # this process becomes the application: its role, not the owner
    from people.models import User          # anything of the portal only after that
    HERE.start("worker")                    # Celery, by house/commands.py; also "web", "beat"
    HERE.kill("worker")                     # kill -9 of it and its children
    HERE.owner()                            # a cursor of the tables' owner, for what no application may do

See bench/storm_ledger.py, and bench/results.py for how promises are noted.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import django
import psycopg2

from house import commands, processes, run, services
from house.check import SETTINGS
from house.demo import maintenance
from house.install import CHECKOUT, VENV

ROLE = "portal_app"
SETTLE = 0.2  # seconds between two looks at something that is about to happen


class Stand:
    """One database and its processes."""

    def __init__(self, owner_url: str, redis_url: str) -> None:
        self.owner_url = owner_url
        parts = urlsplit(owner_url)
        host = parts.netloc.rpartition("@")[2]
        self.url = parts._replace(netloc=f"{ROLE}@{host}").geturl()
        self.redis_url = redis_url
        self.running: dict[str, subprocess.Popen] = {}
        self.environment = {
            **os.environ,
            **SETTINGS,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": self.url,
            "REDIS_URL": redis_url,
            "LOG_LEVEL": "ERROR",
            "C_FORCE_ROOT": "1",
            "PYTHONWARNINGS": "ignore",
            "PYTHONPATH": str(CHECKOUT),
            "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '')}",
        }

    def django(self) -> None:
        """Make this process the application. Once, before anything of the portal is imported."""
        os.environ.update(self.environment)
        django.setup()

    def manage(self, *words: str, as_owner: bool = False, **more: str) -> str:
        """Run manage.py to its end and answer what it printed; SystemExit with its complaint when it fails."""
        environment = self.environment | more | ({"DATABASE_URL": self.owner_url} if as_owner else {})
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def spawn(self, *words: str, **options) -> subprocess.Popen:
        """A Python of the application (`"-m", "bench.storm_x", "worker"`), which dies with us."""
        return processes.start(sys.executable, *words, cwd=CHECKOUT, env=self.environment, **options)

    def start(self, name: str, *, application: str = "", **more: str) -> subprocess.Popen:
        """Start "web", "worker" or "beat" by the words of house/commands.py; `more` is environment for it alone.

        `application` is what the web server serves in place of the portal ("bench.careless:application")."""
        words = commands.PROCESSES[name].split()
        if application:
            words[-1] = application
        environment = self.environment | more
        if name == "web":
            port = run.free_port("127.0.0.1", 8300 + os.getpid() % 500, quiet=True)
            environment |= {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(port)}
            self.address = f"http://127.0.0.1:{port}"
        process = processes.start(VENV / "bin" / words[0], *words[1:], cwd=CHECKOUT, env=environment)
        self.running[name] = process
        return process

    def stop(self, name: str) -> None:
        """Ask a process to end and wait for it."""
        processes.stop(self.running.pop(name))

    def kill(self, name: str) -> None:
        """kill -9 of a process and all its children: nothing in it gets a chance to tidy up."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @contextlib.contextmanager
    def owner(self):
        """An autocommitting cursor of the tables' owner (a superuser here)."""
        link = psycopg2.connect(self.owner_url)
        try:
            link.autocommit = True
            with link.cursor() as cursor:
                yield cursor
        finally:
            link.close()

    def close(self) -> None:
        for name in list(self.running):
            self.stop(name)


def begin() -> Stand:
    """A stand for the whole life of this process, which becomes the application: call it before importing the portal."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    here = stack.enter_context(up())
    here.django()
    return here


@contextlib.contextmanager
def up(*, durable: bool = True) -> Iterator[Stand]:
    """Servers, database, tables, role; all of it gone afterwards."""
    processes.end_with_parent()
    servers = services.begin(throwaway=True, durable=durable)
    base = f"postgresql://portal@/postgres?host={servers.folder / services.SOCKETS}"
    name = f"storm_{os.getpid()}"
    here = None
    try:
        with maintenance(base) as cursor:
            cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'storm\_%'")
            for (stale,) in cursor.fetchall():  # of a storm that was killed: the folder is ours alone now
                cursor.execute(f'DROP DATABASE "{stale}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
        url = urlsplit(base)._replace(path=f"/{name}").geturl()
        here = Stand(url, f"unix://{servers.folder / services.SOCKETS}/v")
        here.manage("migrate", "-v", "0", as_owner=True)
        here.manage("application_role", ROLE, as_owner=True)
        yield here
    finally:
        if here:
            here.close()
        with maintenance(base) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        servers.stop()
