"""The outbox: which notices leave the house, written in the verb's own transaction. Nothing is sent from here."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import connection

from people.models import Delivery, Robot, User
from portal.lib import clock

PATIENCE = dt.timedelta(days=3)  # as mail servers have it; then it is given up and shown to the administrator

INSERT_MAIL = """
INSERT INTO people_delivery (notice_id, channel, about, attempts, next_try_at, give_up_at, fault)
SELECT fresh.notice, 'mail', '', 0, %s, %s, ''
  FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (notice, reader)
 WHERE NOT %s OR NOT EXISTS (SELECT FROM people_mute WHERE user_id = fresh.reader AND kind = %s)
ON CONFLICT DO NOTHING
"""


def is_mailed(user: User) -> bool:
    """Whether this person can be written to: an address, an account in use, and nobody whom the demo invented."""
    return bool(user.email) and user.is_active and not user.is_demo


def mail(fresh: Mapping[int, User], *, kind: str, mutable: bool) -> None:
    """Put fresh notices (key → reader) on their way by mail, but those that their reader has muted.

    Where no mail server is configured nothing is written: a server that comes later finds no heap of old mail.
    """
    wanted = {pk: user.pk for pk, user in fresh.items() if is_mailed(user)}
    if not wanted or not settings.MAIL_ON:
        return
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(INSERT_MAIL, [now, now + PATIENCE, list(wanted), list(wanted.values()), mutable, kind])


def tell_robots(notice_id: int, *, kind: str, about: str, district_id: int) -> None:
    """Put one notice on its way to each robot of the district that hears its kind; a robot says a thing once."""
    now = clock.now()
    Delivery.objects.bulk_create(
        [
            Delivery(
                notice_id=notice_id,
                channel=Delivery.Channel.ROBOT,
                robot=robot,
                about=about,
                next_try_at=now,
                give_up_at=now + PATIENCE,
            )
            for robot in Robot.objects.hearing(kind, district_id)
        ],
        ignore_conflicts=True,
    )
