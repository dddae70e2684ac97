"""科学副校长: a person from outside who serves a school for a term of years, after some hours of training."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import District
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock

from .scan import Scan
from .school import OfSchool, School, SchoolPart
from .scope import last_day, on


class VicePrincipalPerson(models.Model):
    """Who serves: an adult by name and employer, known once in a district. No account, no number, no phone."""

    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    name = models.CharField(_("person's name"), max_length=40)
    employer = models.CharField(_("employer"), max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "name", "employer"],
                name="vice_principal_person_once",
                violation_error_message=_("This person is already known in the district."),
            )
        ]

    def __str__(self) -> str:
        return f"vice-principal person {self.pk}"


class VicePrincipalQuerySet(OfSchool):
    def visible_to(self, actor):
        """The school its own, the offices those of their district; nobody else."""
        if not (actor.is_system or actor.is_office or actor.is_school):
            return self.none()
        return super().visible_to(actor)

    def serving(self, day: dt.date):
        """In office on `day`: a term of office that has run out serves no longer, one that was ended did until then."""
        return self.filter(on(day)).exclude(state=VicePrincipal.State.CANDIDATE)

    def ready(self):
        """Candidates whose training is complete and whose employer agrees: the bureau may appoint them."""
        return self.filter(
            state=VicePrincipal.State.CANDIDATE, consent__isnull=False, training_hours__gte=F("hours_required")
        )

    def standing(self):
        """Not ended: a candidate, or in office."""
        return self.exclude(state=VicePrincipal.State.ENDED)


class VicePrincipal(SchoolPart):
    """One person at one school. The rules that counted are copied from the district's values when it begins."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", pgettext_lazy("vice-principal", "candidate")
        IN_OFFICE = "in_office", pgettext_lazy("vice-principal", "in office")
        ENDED = "ended", pgettext_lazy("vice-principal", "ended")

    TONES = {
        State.CANDIDATE: ("turn", "half"),
        State.IN_OFFICE: ("solid", "full"),
        State.ENDED: ("grey", "none"),
    }
    MOVES = table(
        Move("appoint", (State.CANDIDATE,), State.IN_OFFICE, Permission.VICE_PRINCIPAL_APPOINT, _("Appoint")),
        Move(
            "end",
            (State.CANDIDATE, State.IN_OFFICE),
            State.ENDED,
            Permission.VICE_PRINCIPAL_END,
            pgettext_lazy("vice-principal", "End it"),
        ),
    )

    school = models.ForeignKey(School, models.PROTECT, related_name="vice_principals")
    person = models.ForeignKey(VicePrincipalPerson, models.PROTECT, related_name="posts")
    title = models.CharField(_("professional title"), max_length=60, blank=True)
    consent = models.ForeignKey(Scan, models.PROTECT, null=True, blank=True, related_name="+")
    training_hours = models.PositiveSmallIntegerField(_("hours of training"), default=0)
    hours_required = models.PositiveSmallIntegerField()
    schools_allowed = models.PositiveSmallIntegerField()
    years = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CANDIDATE)
    starts_on = models.DateField(_("in office from"), null=True, blank=True)
    ends_on = models.DateField(_("ends before"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(default=clock.now)

    objects = VicePrincipalQuerySet.as_manager()

    class Meta:
        ordering = ["school__organisation__name_zh", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "school"],
                condition=~Q(state="ended"),
                name="vice_principal_once_at_school",
                violation_error_message=_("This person is already proposed or in office at the school."),
            ),
            models.CheckConstraint(
                condition=~Q(state="in_office") | Q(training_hours__gte=F("hours_required")),
                name="vice_principal_trained",
                violation_error_message=_("The hours of training come first: they are not complete yet."),
            ),
            models.CheckConstraint(
                condition=~Q(state="in_office") | Q(consent__isnull=False),
                name="vice_principal_consented",
                violation_error_message=_("The consent of the employer comes first: upload it."),
            ),
            models.CheckConstraint(
                condition=~Q(state="in_office") | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="vice_principal_dated",
                violation_error_message=_("A term of office has a first and a last day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="vice_principal_ends_after_start",
                violation_error_message=_("The term of office must end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"vice-principal {self.pk}"

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)

    @property
    def hours_missing(self) -> int:
        return max(self.hours_required - self.training_hours, 0)

    def serves(self, day: dt.date) -> bool:
        return (
            self.state == self.State.IN_OFFICE
            and self.starts_on is not None
            and self.ends_on is not None
            and self.starts_on <= day < self.ends_on
        )
