"""Event 事件: that something happened to a row, told to other systems of the district. Append-only, ids only."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib.horizon import Horizon

if TYPE_CHECKING:
    from people.actors import Actor


class EventQuerySet(models.QuerySet["Event"]):
    def of_district(self, district_id: int | None) -> "EventQuerySet":
        return self.filter(district_id=district_id or 0)

    def settled(self) -> "EventQuerySet":
        """Those that nobody can get in front of any more, in their order."""
        return self.filter(xid__lt=Horizon()).order_by("xid", "pk")

    def after(self, xid: int, pk: int) -> "EventQuerySet":
        return self.filter(Q(xid=xid, pk__gt=pk) | Q(xid__gt=xid))

    def visible_to(self, actor: "Actor") -> "EventQuerySet":
        """A bureau officer and a client those of the district; what scopes open is cut by types (people/events.py)."""
        return self.of_district(actor.district_id) if actor.is_bureau or actor.is_client else self.none()


class Event(models.Model):
    """`xid` is the transaction that wrote it, set by a trigger; `subject_type` is the API's word for the noun."""

    xid = models.BigIntegerField(default=0, editable=False)
    at = models.DateTimeField(_("time"))
    type = models.CharField(_("event"), max_length=40)
    subject_type = models.CharField(_("kind"), max_length=40)
    subject_id = models.CharField(max_length=40)
    district_id = models.BigIntegerField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["xid", "pk"]
        indexes = [models.Index(fields=["district_id", "xid", "id"], name="event_by_district")]

    def district_ids(self) -> set[int]:
        return {self.district_id}

    def organisation_ids(self) -> set[int]:
        return set()
