"""A worker that kills itself, all of it, with -9 at one point of delivering: DIE_AT = claimed, sent or marked.

It lives for LETTERS letters before it does; everything else about it is the worker of house/commands.py.
"""

import os
import signal

import django

django.setup()

from house import commands  # noqa: E402
from people import deliveries  # noqa: E402
from portal.celery import app  # noqa: E402

LETTERS = int(os.environ.get("LETTERS", "5"))
seen = {"letters": 0}


def after(point: str, function):
    """The same function, and the end of this worker after its LETTERS-th call, if this is the point to die at."""
    if os.environ["DIE_AT"] != point:
        return function

    def deadly(*args, **kwargs):
        result = function(*args, **kwargs)
        seen["letters"] += bool(result) or point == "sent"
        if seen["letters"] >= LETTERS:
            os.killpg(0, signal.SIGKILL)
        return result

    return deadly


deliveries._take = after("claimed", deliveries._take)
deliveries._send = after("sent", deliveries._send)
deliveries._mark = after("marked", deliveries._mark)

if __name__ == "__main__":
    words = commands.WORKER.split()
    app.worker_main(words[words.index("worker") :])
