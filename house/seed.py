"""`make seed`: a fresh demo in the database of `make run`, whether that is running or not."""

import subprocess
import sys

from house import folders, processes, run, services
from house.install import CHECKOUT, VENV


def main() -> int:
    processes.end_with_parent()
    run.read_env_file()
    folder = folders.path_of()
    try:
        lock = folders.claim(folder)
    except folders.Busy:
        return seed(run.environment_of(folder, services.urls_in(folder)))
    servers = services.Services(folder, lock, throwaway=False).start()
    try:
        return seed(run.environment_of(folder, services.urls_in(folder)))
    finally:
        servers.stop()


def seed(environment: dict[str, str]) -> int:
    for words in (["migrate", "-v", "0"], ["seed"]):
        done = subprocess.run(
            [VENV / "bin" / "python", "manage.py", *words], cwd=CHECKOUT, env=environment, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
