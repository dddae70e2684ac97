"""DayOff 停课: a half-day or day on which nothing takes place, declared by a venue, a school or the bureau."""

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from portal.lib import clock

from .venue_day import VenueDay

OFFICES = ("bureau", "partner_office")  # whose day off is every school's


class DayOffQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor):
        """Whoever declared it, the schools that lost a visit by it, and the offices of either's district."""
        if actor.is_system:
            return self
        if actor.is_office:
            hit = Q(bookings__district=actor.district_id) | Q(organisation__district=actor.district_id)
        elif actor.is_school:
            hit = Q(bookings__school=actor.organisation_id)
        else:
            hit = Q(bookings__session__provider=actor.organisation_id or 0)
        return self.filter(hit | Q(organisation=actor.organisation_id or 0)).distinct()

    def covering(self, school, organisations):
        """Those that concern a school at these places: its own, its district's, and the places'."""
        own = Q(organisation__in={school.pk, *organisations})
        return self.select_related("organisation").filter(
            own | Q(organisation__district=school.district_id, organisation__kind__in=OFFICES)
        )


class DayOff(models.Model):
    """Whose day it is says `organisation`: an office means every school of its district. Nobody is at fault."""

    class Kind(models.TextChoices):
        WEATHER = "weather", pgettext_lazy("day off", "Weather")
        EPIDEMIC = "epidemic", pgettext_lazy("day off", "Epidemic")
        TRANSPORT = "transport", pgettext_lazy("day off", "Transport")
        CLOSURE = "closure", pgettext_lazy("day off", "Closure")
        OFFICIAL = "official", pgettext_lazy("day off", "Official order")

    Part = VenueDay.Part

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="days_off")
    date = models.DateField(_("day"))
    part = models.CharField(_("part of the day"), max_length=3, choices=VenueDay.Part)
    kind = models.CharField(_("reason"), max_length=10, choices=Kind)
    words = models.CharField(_("in words"), max_length=120, blank=True)
    declared_at = models.DateTimeField(default=clock.now)
    declared_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")

    objects = DayOffQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="dayoff_once",
                fields=["organisation", "date", "part"],
                violation_error_message=_("This day off has been declared already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.part}"

    def covers(self, session) -> bool:
        """Whether the session lies in the time that is called off."""
        return session.day == self.date and self.part in VenueDay.parts_of(session)

    def concerns(self, session) -> bool:
        """Covered, and for a venue's day off given by it; whoever asks belongs to any other one."""
        return self.covers(session) and (
            self.organisation.kind != "venue" or self.organisation_id == session.provider_id
        )

    @property
    def reason(self) -> str:
        """暴雨红色预警, or the kind where nobody wrote words."""
        return self.words or str(self.get_kind_display())

    @property
    def kept_reason(self) -> str:
        """The reason as rows and notices keep it: in the language of the district."""
        with translation.override("zh-hans"):
            return self.reason

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return {self.organisation.district_id} - {None}
