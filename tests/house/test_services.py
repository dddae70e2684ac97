"""The embedded services by themselves: up, private, gone again, and back after being killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from house import folders, services


@pytest.fixture
def elsewhere(monkeypatch):
    """Folders of this test only, whatever URLs are set."""
    root = Path(tempfile.mkdtemp(prefix="gx-", dir="/var/tmp"))
    root.chmod(0o711)
    monkeypatch.setattr(folders, "ROOT", root)
    monkeypatch.setattr(folders, "link", lambda folder: None)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    yield root
    shutil.rmtree(root)


def ask(services_) -> int:
    link = psycopg2.connect(dbname="portal", user="portal", host=str(services_.sockets))
    with link, link.cursor() as cursor:
        cursor.execute("SELECT 40 + 2")
        answer = cursor.fetchone()[0]
    link.close()
    return answer


def test_services_answer_on_private_sockets_and_leave_nothing_running(elsewhere):
    running = services.begin(throwaway=True)
    pids = [process.pid for process, _how in running.running]
    assert ask(running) == 42
    assert services.answers_ping(str(running.sockets / "v"))
    assert running.sockets.stat().st_mode & 0o077 == 0
    running.stop()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_second_start_in_one_folder_is_refused_with_a_sentence(elsewhere):
    running = services.begin(throwaway=False)
    try:
        with pytest.raises(SystemExit, match="already running"):
            services.begin(throwaway=False)
        assert ask(running) == 42
    finally:
        running.stop()


def test_throwaway_services_of_one_checkout_live_side_by_side(elsewhere):
    first, second = services.begin(throwaway=True), services.begin(throwaway=True)
    assert first.folder != second.folder
    assert (ask(first), ask(second)) == (42, 42)
    first.stop()
    second.stop()


def test_data_survives_a_kill_of_supervisor_and_server(elsewhere):
    script = (
        "import sys, time; from pathlib import Path; from house import folders, services\n"
        f"folders.ROOT = Path({str(elsewhere)!r}); folders.link = print\n"
        "up = services.begin(throwaway=False); print(up.running[0][0].pid, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=folders.CHECKOUT)
    holder.stdout.readline()
    server = int(holder.stdout.readline())
    os.kill(holder.pid, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    holder.wait()
    running = services.begin(throwaway=False)
    assert ask(running) == 42
    running.stop()


def test_death_of_the_holder_ends_the_servers(elsewhere):
    script = (
        "import time; from pathlib import Path; from house import folders, services\n"
        f"folders.ROOT = Path({str(elsewhere)!r})\n"
        "up = services.begin(throwaway=True); print(*[p.pid for p, _ in up.running], flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=folders.CHECKOUT)
    pids = holder.stdout.readline().split()
    assert len(pids) == 2
    holder.kill()
    holder.wait()
    end = time.monotonic() + 5
    while time.monotonic() < end and any(is_alive(pid) for pid in pids):
        time.sleep(0.05)
    assert [pid for pid in pids if is_alive(pid)] == []


def is_alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_pid_file_that_names_somebody_else_is_forgotten(elsewhere):
    running = services.begin(throwaway=False)
    running.stop()
    (running.folder / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    again = services.begin(throwaway=False)
    assert ask(again) == 42
    again.stop()


def test_an_address_from_outside_is_honoured(elsewhere, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@/y?host=/nowhere")
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere")
    with services.running(throwaway=True) as urls:
        assert urls == {"DATABASE_URL": "postgresql://x@/y?host=/nowhere", "REDIS_URL": "unix:///nowhere"}
    assert list(elsewhere.iterdir()) == []
