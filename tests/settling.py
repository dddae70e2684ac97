"""Waiting for the horizon: a transaction of a test beside us, in another database of the same cluster, holds it back too."""

import time

from django.db import connection

PATIENCE = 240


def settle() -> None:
    """Wait until whatever was being written anywhere when this was called is over: then what we wrote is served."""
    give_up = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        begun = cursor.fetchone()[0]
        while time.monotonic() < give_up:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= begun:
                return
            time.sleep(0.02)
