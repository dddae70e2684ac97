"""Calendar feeds 日历订阅: made and revoked by whoever wears the hat; read by a secret address, without signing in."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from activities import ical
from activities.models import Assignment, Booking, CalendarFeed, Session
from people import audit
from people.access import require
from people.actors import Person
from people.models import AuditEvent
from people.roles import Permission, Role
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

Kind = CalendarFeed.Kind
PAST = dt.timedelta(days=60)  # so long a calendar still shows what was
MOST = 2000


@dataclass(frozen=True)
class Issued:
    """A feed together with its secret, which exists nowhere else and is shown once."""

    feed: CalendarFeed
    secret: str


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def kinds_of(actor: Person) -> tuple[Kind, ...]:
    """What this hat may follow."""
    return CalendarFeed.KINDS_OF.get(actor.role, ()) if actor.role else ()


@verb
def create(kind: str, *, by: Person, language: str) -> Issued:
    """A new secret address; one of the same kind that this hat had before stops working."""
    require(by, Permission.FEED_KEEP)
    if kind not in kinds_of(by):
        raise Refused("feed_kind", _("There is no such calendar for this role."))
    CalendarFeed.objects.visible_to(by).filter(kind=kind, revoked_at__isnull=True).update(revoked_at=clock.now())
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        membership=by.membership, kind=kind, language=language, secret_digest=digest_of(secret)
    )
    audit.record("feed.create", feed, by=by, is_now=kind)
    return Issued(feed, secret)


@verb
def revoke(feed: CalendarFeed, *, by: Person) -> None:
    """The address stops working at once; twice is once."""
    require(by, Permission.FEED_KEEP, feed)
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at__isnull=True).update(revoked_at=clock.now()):
        audit.record("feed.revoke", feed, by=by, was=feed.kind)


def find(secret: str) -> CalendarFeed | None:
    """The feed that this secret still opens."""
    rows = CalendarFeed.objects.open().select_related("membership__user", "membership__organisation__district")
    return rows.filter(secret_digest=digest_of(secret)).first()


def calendar(feed: CalendarFeed, *, root: str) -> bytes:
    """The feed as iCalendar, in its own language. `root` is the portal's address, for links back."""
    with override(feed.language):
        if feed.kind == Kind.VENUE:
            entries = [ical.of_session(session, root) for session in sessions_of(feed)[:MOST]]
        elif feed.membership.role == Role.COUNSELOR:
            entries = [ical.of_assignment(row, root, turns=row.turns) for row in assignments_of(feed)[:MOST]]
        else:
            entries = [ical.of_booking(booking, root) for booking in bookings_of(feed)[:MOST]]
        return ical.written(f"{feed.membership.organisation.name} · {feed.get_kind_display()}", entries)


def bookings_of(feed: CalendarFeed) -> QuerySet[Booking]:
    """What the hat sees of its school, or the part of it that this person leads or asked for; dead ones too."""
    hat = feed.membership
    rows = Booking.objects.visible_to(Person(hat.user, hat)).filter(session__ends_at__gt=clock.now() - PAST)
    if feed.kind == Kind.MINE and hat.role != Role.TEACHER:
        rows = rows.filter(Q(leader=hat) | Q(requested_by=hat))
    return rows.with_names().order_by("session__starts_at", "pk")


def assignments_of(feed: CalendarFeed) -> QuerySet[Any]:
    """Sessions that a counselor gives, was asked for, or no longer gives; `turns` counts what the trail holds of each."""
    hat = feed.membership
    trail = AuditEvent.objects.filter(
        subject_type=Assignment._meta.label_lower, subject_id=Cast(OuterRef("pk"), CharField())
    )
    turns = trail.order_by().values("subject_id").annotate(n=Count("pk")).values("n")
    rows = Assignment.objects.visible_to(Person(hat.user, hat)).filter(session__ends_at__gt=clock.now() - PAST)
    return rows.with_names().annotate(turns=Coalesce(Subquery(turns), 0)).order_by("starts_at", "pk")


def sessions_of(feed: CalendarFeed) -> QuerySet[Session]:
    """Everything at the venue or given by it that was ever published."""
    hat = feed.membership
    own = Session.objects.visible_to(Person(hat.user, hat)).exclude(state=Session.State.DRAFT)
    rows = own.filter(ends_at__gt=clock.now() - PAST).select_related("programme", "provider", "place", "hall")
    return rows.order_by("starts_at", "pk")
