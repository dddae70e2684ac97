"""The trail: one row an act, written in the act's own transaction."""

from typing import Any

from django.db import models

from people import events
from people.actors import Actor
from people.models import AuditEvent
from portal.lib import clock


def record(verb: str, obj: models.Model, *, by: Actor, was: str = "", is_now: str = "", **facts: Any) -> AuditEvent:
    """Write who did what to which row, and tell whoever follows. `facts` hold ids, counts and codes, never a name."""
    districts = sorted(obj.district_ids()) if hasattr(obj, "district_ids") else []
    events.follow(verb, obj)
    return AuditEvent.objects.create(
        at=clock.now(),
        actor_label=by.label[:120],
        actor_ref=by.ref,
        organisation_id=by.organisation_id,
        district_id=by.district_id or (districts[0] if districts else None),
        verb=verb,
        subject_type=obj._meta.label_lower,
        subject_id=str(obj.pk),
        subject_label=str(obj)[:200],
        was=was,
        is_now=is_now,
        facts=facts,
    )
