"""Child processes that never outlive us. Linux only (prctl)."""

import ctypes
import os
import signal
import subprocess

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def start(*command: str, die: int = signal.SIGTERM, **options) -> subprocess.Popen:
    """Start a child in its own session, so that Ctrl-C reaches only us, with a death signal, so that kill -9 of us ends it too.

    preexec_fn runs after the change of user, which would have cleared the death signal.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, die),
        **options,
    )


def stop(process: subprocess.Popen, how: int = signal.SIGTERM, patience: float = 15) -> int:
    """Ask a child to stop, wait `patience` seconds, then end its whole group. Answers its exit code."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)  # children of the child that stayed behind
    except (ProcessLookupError, PermissionError):
        pass
    return process.wait()


def end_with_parent() -> None:
    """Be told to stop when the process that started us dies, even by kill -9 (`make` in a closed terminal, say)."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
