"""CalendarFeed 日历订阅: an address by which a calendar program reads what one hat sees. Only its digest is kept."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Membership
from people.roles import Role
from portal.lib import clock


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, actor):
        """Whoever made it, in the hat that it follows."""
        membership = getattr(actor, "membership", None)
        return self.filter(membership=membership) if membership else self.none()

    def open(self):
        """Neither revoked nor of a hat that has ended, nor of a person who may no longer sign in."""
        hats = Membership.objects.active().filter(user__is_active=True)
        return self.filter(revoked_at__isnull=True, membership__in=hats)


class CalendarFeed(models.Model):
    class Kind(models.TextChoices):
        MINE = "mine", pgettext_lazy("calendar", "My own bookings and sessions")
        SCHOOL = "school", pgettext_lazy("calendar", "All bookings of the school")
        VENUE = "venue", pgettext_lazy("calendar", "All sessions of the venue")

    KINDS_OF = {
        Role.SCHOOL_LEAD: (Kind.MINE, Kind.SCHOOL),
        Role.COORDINATOR: (Kind.MINE, Kind.SCHOOL),
        Role.TEACHER: (Kind.MINE,),
        Role.VENUE_LEAD: (Kind.VENUE,),
        Role.VENUE_STAFF: (Kind.VENUE,),
        Role.COUNSELOR: (Kind.MINE,),
    }

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(_("what it shows"), max_length=8, choices=Kind)
    language = models.CharField(_("language"), max_length=10)
    secret_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="calendar_feed_once",
                fields=["membership", "kind"],
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("There is an address for this calendar already. Revoke it first."),
            )
        ]

    def organisation_ids(self) -> set[int]:
        return {self.membership.organisation_id}

    def district_ids(self) -> set[int]:
        return self.membership.organisation.district_ids()
