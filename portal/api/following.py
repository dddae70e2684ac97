"""modified_since: rows changed since an instant or a token, missing nothing.

Every followed table stamps the number of the writing transaction into `changed_in` (trigger, portal/lib/guards.py).
An answer serves only numbers below the oldest transaction that is still running, so that a slow writer, who commits
after it with a lower number, is served by the next. The token of an answer is that boundary.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from portal.api.problems import Problem
from portal.lib import clock
from portal.models import Tombstone, Watermark

MARKS_KEPT = dt.timedelta(days=40)
HIGHEST = 2**63 - 1

# A table whose rows are shown inside those of another: its name, its key, and the column (with table) that points there
Part = tuple[str, str, str]


def boundary() -> int:
    """Every transaction below this number is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


def token(number: int) -> str:
    return f"w{number}"


def since(given: str) -> int:
    """The number that a token or an instant (ISO 8601, with its offset) means; earlier than all marks: everything."""
    number = given[1:] if given[:1] == "w" else ""
    if number.isascii() and number.isdigit() and len(number) < 20 and int(number) <= HIGHEST:
        return int(number)
    try:
        instant = parse_datetime(given.replace(" ", "+"))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        sentence = _("Give an instant with its offset, such as 2026-11-22T08:00:00+08:00, or the token of an answer.")
        raise Problem(400, "modified_since", sentence)
    try:
        mark = Watermark.objects.filter(at__lte=instant.astimezone(dt.UTC)).first()
    except (OverflowError, ValueError):  # beyond what a calendar or the database can hold
        return 0
    return mark.number if mark else 0


def changed(rows: QuerySet, parts: Iterable[Part] = ()) -> QuerySet:
    """With `changed`: the newest number of the row and of the rows that are shown inside it."""
    own = f'"{rows.model._meta.db_table}"."changed_in"'
    inner = [
        f"COALESCE((SELECT max(part.changed_in) FROM {table} part WHERE part.{key} = {here}), 0)"
        for table, key, here in parts
    ]
    sql = f"GREATEST({own}, {', '.join(inner)})" if inner else own
    return rows.annotate(changed=RawSQL(sql, [], output_field=BigIntegerField()))  # noqa: S611 - our own names


def buried(table: str, actor: Actor, *, first: int, before: int) -> list[str]:
    """Keys of rows of the actor's district that were deleted in between."""
    rows = Tombstone.objects.filter(
        table=table, district_id=actor.district_id or 0, changed_in__gte=first, changed_in__lt=before
    )
    return sorted(rows.values_list("key", flat=True))


def mark() -> None:
    """Write down the boundary of this moment, so that instants can be translated; forget marks of long ago."""
    number = boundary()
    Watermark.objects.create(number=number)
    Watermark.objects.filter(at__lt=clock.now() - MARKS_KEPT).delete()
