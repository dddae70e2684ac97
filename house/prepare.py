"""Makes a database and a checkout ready to serve: translations, tables, static files, the demo where there is nothing yet.

One process for all of it, because each start of Django costs a second.
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import SystemCheckError

from house import run, translations


def main() -> None:
    """Everything in its order; each step does nothing when it is done already."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    translations.compile_all()
    django.setup()
    try:
        call_command("check", verbosity=0)  # call_command("migrate") would skip them
    except SystemCheckError as faults:
        raise SystemExit(str(faults)) from None
    call_command("migrate", verbosity=0, interactive=False)
    if role := os.environ.get("APPLICATION_ROLE"):
        call_command("application_role", role)
    if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
        call_command("collectstatic", verbosity=0, interactive=False)
    if settings.DEMO and "seed" in get_commands():
        seed()


def seed() -> None:
    """The demo, where the database is empty; and its accounts for the terminal."""
    print("Looking after the demo …", flush=True)
    with Path(os.environ.get(run.ACCOUNTS, os.devnull)).open("w", encoding="utf-8") as accounts:
        call_command("seed", "--when-empty", stdout=accounts)


if __name__ == "__main__":
    main()
