"""Sweeps: every row by itself, so that one that can't be settled keeps none of the others."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db import DatabaseError

from portal.lib.errors import Refused

log = structlog.get_logger(__name__)


def each(rows: Iterable[Any], act: Callable[[Any], Any]) -> int:
    """Do `act`, a verb that says how much it changed, to every row. Returns how much that is together.

    What is refused, busy or broken is written to the log and left to the next run."""
    done = 0
    for row in rows:
        try:
            done += int(act(row))
        except (DatabaseError, Refused) as no:
            fault = getattr(no, "code", type(no).__name__)
            log.warning("sweep.left", act=act.__name__, key=getattr(row, "pk", row), fault=fault)
    return done
