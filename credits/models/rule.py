"""CreditRule 认定规则: what one kind of activity is worth in one district, from a date on."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock, wording


class Code(models.TextChoices):
    """The starting set of kinds; a programme carries one of these as its category code."""

    EXP = "EXP", _("Science experiment")
    VIS = "VIS", _("Venue visit")
    LEC = "LEC", _("Science lecture")
    CLB = "CLB", _("Science and technology club")
    FES = "FES", _("Science festival")
    RES = "RES", _("Project research")
    ONL = "ONL", _("Online course")
    CMP = "CMP", _("Science competition")
    TRN = "TRN", _("Study-trip practice")


# What a completed roll call alone proves, and what rests on a result: a club's term, a project, a competition.
FROM_ROLLS = (Code.EXP, Code.VIS, Code.LEC, Code.FES, Code.ONL, Code.TRN)
FROM_RESULTS = (Code.CLB, Code.RES, Code.CMP)


class Category(models.TextChoices):
    """The six categories of Guangming, into which the kinds are grouped."""

    EXPERIMENT = "experiment", _("Science experiments")
    CLUB = "club", _("Science and technology clubs")
    FESTIVAL = "festival", _("Science festivals")
    INTO_SCHOOL = "into_school", _("Science into school")
    PROJECT = "project", _("Research projects")
    COMPETITION = "competition", _("Science competitions")


class Unit(models.TextChoices):
    SESSION = "session", pgettext_lazy("credit unit", "session")
    TERM = "term", pgettext_lazy("credit unit", "term")
    EVENT = "event", pgettext_lazy("credit unit", "event")
    PROJECT = "project", pgettext_lazy("credit unit", "project")
    UNIT = "unit", pgettext_lazy("credit unit", "unit")
    DAY = "day", pgettext_lazy("credit unit", "day")


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("credit rule", "Draft")
    PUBLISHED = "published", pgettext_lazy("credit rule", "Published")


class RuleQuerySet(models.QuerySet["CreditRule"]):
    def visible_to(self, actor: Actor) -> "RuleQuerySet":
        """Published rules are known to every hat of the district; drafts only to its offices."""
        if actor.district_id is None:
            return self.none()
        own = self.filter(district_id=actor.district_id)
        return own if actor.is_office else own.published()

    def published(self) -> "RuleQuerySet":
        return self.filter(state=State.PUBLISHED)

    def in_force(self, *, on: dt.date) -> "RuleQuerySet":
        """The newest published version of each code of each district that had started by that day."""
        started = self.published().filter(starts_on__lte=on)
        return started.order_by("district_id", "code", "-starts_on", "-version").distinct("district_id", "code")


class CreditRule(models.Model):
    """Points and caps are integer thousandths of a point. Published ⇒ immutable (trigger): the next thought is a version.

    A published version with 0 points withdraws its code from that day on."""

    Code, Category, Unit, State = Code, Category, Unit, State
    MOVES = table(
        Move("publish", (State.DRAFT,), State.PUBLISHED, Permission.CREDIT_RULE_PUBLISH, _("Publish this version")),
    )

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name=_("district"))
    code = models.CharField(_("code"), max_length=3, choices=Code.choices)
    version = models.SmallIntegerField(_("version"), default=1)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    unit = models.CharField(_("counted per"), max_length=10, choices=Unit.choices)
    points = models.IntegerField(_("points"))
    cap_year = models.IntegerField(_("cap a school year"), null=True, blank=True)
    cap_term = models.IntegerField(_("cap a term"), null=True, blank=True)
    cap_venue = models.IntegerField(_("cap a school year at one venue"), null=True, blank=True)
    minutes = models.SmallIntegerField(_("minutes at least"), default=0)
    grades = ArrayField(models.SmallIntegerField(), verbose_name=_("eligible grades"))
    needs_task_sheet = models.BooleanField(_("task sheet needed"), default=False)
    once_a_programme = models.BooleanField(_("never the same programme twice"), default=True)
    is_default = models.BooleanField(_("default, not policy"), default=False)
    starts_on = models.DateField(_("in force from"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=120, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="credit_rule_version",
                fields=["district", "code", "version"],
                violation_error_message=_("This version of the rule exists already."),
            ),
            models.UniqueConstraint(
                name="credit_rule_one_draft",
                fields=["district", "code"],
                condition=Q(state=State.DRAFT),
                violation_error_message=_("A draft of this rule exists already."),
            ),
            models.UniqueConstraint(
                name="credit_rule_one_start",
                fields=["district", "code", "starts_on"],
                condition=Q(state=State.PUBLISHED),
                violation_error_message=_("Another version of this rule already starts on that day."),
            ),
            models.CheckConstraint(
                name="credit_rule_amounts",
                condition=Q(points__gte=0, minutes__gte=0, version__gte=1)
                & (Q(cap_year__isnull=True) | Q(cap_year__gt=0))
                & (Q(cap_term__isnull=True) | Q(cap_term__gt=0))
                & (Q(cap_venue__isnull=True) | Q(cap_venue__gt=0)),
                violation_error_message=_("Points and minutes can't be negative, and a cap must be above zero."),
            ),
            models.CheckConstraint(
                name="credit_rule_published_by",
                condition=Q(state=State.DRAFT, published_at__isnull=True, published_by="")
                | Q(Q(state=State.PUBLISHED, published_at__isnull=False), ~Q(published_by="")),
                violation_error_message=_("A published rule says who published it and when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def rests_on_rolls(self) -> bool:
        return self.code in FROM_ROLLS

    @property
    def has_started(self) -> bool:
        return self.starts_on <= clock.today()

    @property
    def grades_in_words(self) -> str:
        """5, 6, 7, 8 → 5–8; 1, 3, 4 → 1, 3–4."""
        parts: list[list[int]] = []
        for grade in sorted(set(self.grades)):
            if parts and parts[-1][-1] == grade - 1:
                parts[-1].append(grade)
            else:
                parts.append([grade])
        return wording.listed([f"{p[0]}{wording.dash()}{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts])
