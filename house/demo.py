"""The seeded demo on a database of its own, served by the real web server: for pictures and for tests that only read."""

import contextlib
import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from house import run
from house.check import SETTINGS
from house.install import VENV

DEBUG = {"DEMO": "1", "DEBUG": "1"}  # with the page of components


@contextlib.contextmanager
def served(folder: Path, *, database_url: str | None = None, debug: bool = False):
    """Yield the address of the demo. Uses the server of DATABASE_URL; the database is made and dropped here."""
    server_url = database_url or os.environ["DATABASE_URL"]
    name = f"demo_{os.getpid()}"
    parts = urlsplit(server_url)
    with maintenance(server_url) as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    environment = {
        **os.environ,
        **SETTINGS,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": parts._replace(path=f"/{name}").geturl(),
        "DEMO": "1",
        "DEBUG": "1" if debug else "0",
        "LOG_LEVEL": "ERROR",
        "GRANIAN_HOST": "127.0.0.1",
        "GRANIAN_PORT": str(run.free_port("127.0.0.1", 8300 + os.getpid() % 500, quiet=True)),
        "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '')}",
    }
    environment.pop(run.ACCOUNTS, None)
    portal = run.Portal(environment, names=("web",))
    try:
        run.prepare(environment)
        portal.start()
        address = f"http://127.0.0.1:{environment['GRANIAN_PORT']}"
        portal.wait_for_answer(address + "/accounts/login/")
        yield address
    finally:
        portal.stop()
        with maintenance(server_url) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def maintenance(url: str):
    """A cursor on the server's `postgres` database."""
    link = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl())
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()
