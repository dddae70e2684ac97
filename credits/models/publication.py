"""Publication 公示: the entries of one class and term, shown inside the school so that families can object."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.models.entry import Entry
from partnerships.models import School, SchoolClass, Term
from partnerships.models.scope import last_day
from people.actors import Actor
from people.models import District
from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock


class State(models.TextChoices):
    OPEN = "open", _("Open for objection")
    FINAL = "final", _("Final")


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visible_to(self, actor: Actor) -> "PublicationQuerySet":
        """Who keeps the school's books; an office knows of its district's, and opens none of them."""
        if actor.is_system:
            return self
        if actor.is_office:
            return self.filter(district=actor.district_id)
        if actor.role in (Role.SCHOOL_LEAD, Role.COORDINATOR):
            return self.filter(school=actor.organisation_id)
        return self.none()

    def open(self) -> "PublicationQuerySet":
        return self.filter(state=State.OPEN)

    def final(self) -> "PublicationQuerySet":
        return self.filter(state=State.FINAL)

    def over(self) -> "PublicationQuerySet":
        """Open ones whose period has passed."""
        return self.open().filter(ends_on__lte=clock.today())

    def ripe(self) -> "PublicationQuerySet":
        """Over, and nobody's objection waits: due to become final."""
        return self.over().exclude(disputes__state="open")


class Publication(models.Model):
    """`number` 1 is the first of a class and term, from 2 on supplementary. `ends_on` is the day after the last one."""

    State = State
    TONES = {State.OPEN: ("teal", "half"), State.FINAL: ("solid", "full")}
    MOVES = table(
        Move("finalise", (State.OPEN,), State.FINAL, Permission.PUBLICATION_PUBLISH, _("Declare final")),
    )

    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    term = models.ForeignKey(Term, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    entries = models.PositiveIntegerField(pgettext_lazy("publication", "entries"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"))
    published_at = models.DateTimeField(pgettext_lazy("publication", "published"))
    published_by = models.CharField(pgettext_lazy("publication", "published by"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    finalised_at = models.DateTimeField(_("final since"), null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["school", "term"], name="publication_by_school"),
            models.Index(fields=["district", "term"], name="publication_by_district"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="publication_number",
                fields=["school_class", "term", "number"],
                violation_error_message=_("This class has been published meanwhile. Look at the page again."),
            ),
            models.UniqueConstraint(
                name="publication_one_open",
                fields=["school_class", "term"],
                condition=Q(state=State.OPEN),
                violation_error_message=_("A publication of this class is still open for objection."),
            ),
            models.CheckConstraint(
                name="publication_period",
                condition=Q(ends_on__gt=F("starts_on"), number__gte=1, entries__gte=1),
                violation_error_message=_("A publication has entries and lasts at least a day."),
            ),
            models.CheckConstraint(
                name="publication_final_since",
                condition=Q(state=State.OPEN, finalised_at__isnull=True)
                | Q(state=State.FINAL, finalised_at__isnull=False),
                violation_error_message=_("A final publication says since when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id}/{self.term_id}/{self.number}"

    def organisation_ids(self) -> set[int]:
        return {self.school_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_over(self) -> bool:
        return self.ends_on <= clock.today()

    @property
    def is_supplementary(self) -> bool:
        return self.number > 1

    @property
    def label(self) -> str:
        """五（3）班, as the class was called when it was published."""
        return self.school_class.label(self.starts_on)


class PublishedEntry(models.Model):
    """One entry in the publication that showed it. Append-only; the state stands on the publication alone."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="shown")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="published")
