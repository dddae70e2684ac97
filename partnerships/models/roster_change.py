"""名册异动: pupils who change their class or their school, from the preview to the act and its trace."""

import datetime as dt
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import User
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock, wording

from .school import OfSchool, School, SchoolPart
from .school_class import SchoolClass

NEXT_STAGE = {"kindergarten": "primary", "primary": "junior", "junior": "senior"}


class RosterChangeQuerySet(OfSchool):
    def visible_to(self, actor):
        """As rows of a school; a school also sees who is let go to it."""
        own = super().visible_to(actor)
        if not actor.is_school:
            return own
        return own | self.filter(kind=RosterChange.Kind.LEAVE, state="done", to_school_id=actor.organisation_id)

    def proposed(self):
        return self.filter(state=RosterChange.State.PROPOSED)

    def with_classes(self):
        return self.select_related("school__organisation", "source", "to_school__organisation", "follows__source")

    def offered_to(self, school_id: int):
        """Pupils whom another school has let go to this one, and whom nobody has taken in yet."""
        taken = RosterChange.objects.filter(
            kind=RosterChange.Kind.JOIN, state=RosterChange.State.DONE, follows__isnull=False
        )
        return self.filter(kind=RosterChange.Kind.LEAVE, state=RosterChange.State.DONE, to_school_id=school_id).exclude(
            pk__in=taken.values("follows_id")
        )

    def recent(self, now: dt.datetime):
        """Open proposals, and what was done within a month."""
        done = Q(state=RosterChange.State.DONE, done_at__gt=now - dt.timedelta(days=30))
        return self.filter(Q(state=RosterChange.State.PROPOSED) | done)

    def braked(self):
        """Proposals that wait for a head other than who made them."""
        return self.proposed().filter(is_braked=True)


class RosterChange(SchoolPart):
    """One change of a roll: of whom (ids only), from which class, into which or out of the school."""

    class Kind(models.TextChoices):
        MERGE = "merge", pgettext_lazy("classes", "classes merged")
        SPLIT = "split", pgettext_lazy("classes", "pupils into another class")
        ONWARD = "onward", pgettext_lazy("classes", "into the next stage")
        LEAVE = "leave", pgettext_lazy("pupils", "transfer out")
        JOIN = "join", pgettext_lazy("pupils", "transfer in")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("roster change", "previewed, not done")
        DONE = "done", pgettext_lazy("roster change", "done")
        WITHDRAWN = "withdrawn", pgettext_lazy("roster change", "dropped")

    TONES = {State.PROPOSED: ("turn", "half"), State.DONE: ("solid", "full"), State.WITHDRAWN: ("grey", "none")}
    MOVES = table(
        Move(
            "apply", (State.PROPOSED,), State.DONE, Permission.ROSTER_IMPORT, pgettext_lazy("roster change", "Write it")
        ),
        Move("withdraw", (State.PROPOSED,), State.WITHDRAWN, Permission.ROSTER_IMPORT, _("Drop it")),
    )

    school = models.ForeignKey(School, models.PROTECT, related_name="roster_changes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    source = models.ForeignKey(SchoolClass, models.PROTECT, null=True, related_name="+")  # none: from another school
    number = models.PositiveSmallIntegerField(_("number of the class"), null=True)  # where to; none: out of the school
    target = models.ForeignKey(SchoolClass, models.PROTECT, null=True, related_name="+")  # once it is done
    students = ArrayField(models.UUIDField(default=uuid.uuid4), default=list)
    to_school = models.ForeignKey(School, models.PROTECT, null=True, related_name="+")  # none: we don't know where
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+"
    )  # the transfer out that is taken in
    day = models.DateField(_("from"))
    enrolled = models.PositiveIntegerField(default=0)  # pupils of the school before anybody left that day
    leaving = models.PositiveIntegerField(default=0)  # whom this and all other changes of the day take off the roll
    is_braked = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = RosterChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") & Q(done_at__isnull=True) | Q(state="done", done_at__isnull=False),
                name="roster_change_done_whole",
                violation_error_message=_("What is done says when."),
            ),
            models.CheckConstraint(
                condition=~Q(state="done", is_braked=True)
                | Q(proposed_by__isnull=False, done_by__isnull=False) & ~Q(proposed_by=F("done_by")),
                name="roster_change_brake_two_people",
                violation_error_message=_(
                    "A braked change is confirmed by another person than the one who proposed it."
                ),
            ),
            models.UniqueConstraint(
                fields=["follows"],
                condition=Q(state="done", follows__isnull=False),
                name="roster_change_taken_in_once",
                violation_error_message=_("These pupils have been taken in already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def open_to(self) -> set[int | None]:
        """The schools that may take in the pupils of a transfer out: the new one, or the old one back again."""
        taken = RosterChange.objects.filter(follows=self, state=self.State.DONE).exists()
        return set() if taken or self.state != self.State.DONE else {self.to_school_id, self.school_id}

    def target_class(self) -> SchoolClass | None:
        """The class into which the pupils go, by its key alone and unsaved; None: out of the school."""
        if self.number is None:
            return None
        source = self.source or self.follows.source
        stage, entry_year = source.stage, source.entry_year
        if self.kind == self.Kind.ONWARD:
            stage, entry_year = NEXT_STAGE[stage], source.leaves_on().year
        return SchoolClass(school=self.school, stage=stage, entry_year=entry_year, number=self.number)

    @property
    def way(self) -> str:
        """四（1）班 → 四（2）班, 四（1）班 → 东周小学: named as the classes are called on the day."""
        start = self.source.label(wording.local(self.proposed_at).date()) if self.source else self.follows.school.name
        target = self.target_class()
        end = target.label(self.day) if target else self.to_school.name if self.to_school else _("elsewhere")
        return f"{start} → {end}"

    @property
    def pupils(self) -> int:
        return len(self.students)

    @property
    def percent(self) -> float:
        """Share of the school's pupils who leave that day, in per cent; nobody leaves by changing the class."""
        return 100 * self.leaving / self.enrolled if self.enrolled else 0.0
