"""Many processes at once, each with a connection of its own: the nearest a test comes to many workers.

answers = at_once([call, call, …])   # what each returned; a Refused by its code, a busy database by "busy"
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import OperationalError, connections

from portal.lib.errors import Refused

PATIENCE = 90  # seconds until a child is called lost


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Fork a process for each call, let all go together, and gather their answers (what JSON can say).

    Our own connections are closed first: two processes must never share a socket.
    """
    connections.close_all()
    ready, go = os.pipe()
    children = [_fork(call, ready, go) for call in calls]
    os.close(ready)
    os.close(go)  # the last writer: everybody who reads it goes now
    return [_answer(child, pipe) for child, pipe in children]


def _fork(call: Callable[[], Any], ready: int, go: int) -> tuple[int, int]:
    heard, said = os.pipe()
    child = os.fork()
    if child:
        os.close(said)
        return child, heard
    code = 1
    try:
        os.close(go)
        os.read(ready, 1)  # returns when the parent has closed its end, and every child its own
        os.write(said, json.dumps(_said(call)).encode())
        code = 0
    finally:
        os._exit(code)  # no teardown of the tests in a child


def _said(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Refused as no:
        return no.code
    except OperationalError:  # a lock that took too long, a deadlock: 503 and Retry-After
        return "busy"
    finally:
        connections.close_all()


def _answer(child: int, pipe: int) -> Any:
    """What the child wrote; None for one that died."""
    until = time.monotonic() + PATIENCE
    with os.fdopen(pipe, "rb") as heard:
        told = heard.read()
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return json.loads(told) if told else None
        time.sleep(0.01)
    raise AssertionError(f"process {child} does not end")
