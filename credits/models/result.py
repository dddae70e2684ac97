"""Result 成果: what a pupil has done outside of one roll call, with its evidence: a competition, a project, a club's term."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.models.competition import Competition
from credits.models.rule import Code
from partnerships.models import ActivityGroup, School, Student, Term
from people.actors import Actor
from people.models import District, Membership, User
from people.roles import Permission
from people.workflow import Move, table


class Kind(models.TextChoices):
    COMPETITION = "competition", _("Competition")
    PROJECT = "project", _("Project")
    CLUB = "club", _("Club term")


# What each kind is posted as.
CODES = {Kind.COMPETITION: Code.CMP, Kind.PROJECT: Code.RES, Kind.CLUB: Code.CLB}


class State(models.TextChoices):
    ENTERED = "entered", pgettext_lazy("result", "Waiting for the mentor")
    VOUCHED = "vouched", pgettext_lazy("result", "Waiting for the school")
    CONFIRMED = "confirmed", pgettext_lazy("result", "Confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("result", "Withdrawn")


class ResultQuerySet(models.QuerySet["Result"]):
    def visible_to(self, actor: Actor) -> "ResultQuerySet":
        """The school's own; an office: its district; teachers and counselors: projects whose mentor they are."""
        if actor.is_system:
            return self
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        if actor.is_school and not actor.is_teacher:
            return self.filter(school=actor.organisation_id)
        if actor.user is None:
            return self.none()
        return self.filter(mentor__user=actor.user, mentor__organisation=actor.organisation_id)

    def confirmed(self) -> "ResultQuerySet":
        return self.filter(state=State.CONFIRMED)


class Result(models.Model):
    """One fact that credits rest on, as a roll entry is. It is withdrawn and restored, never deleted or turned into another.

    `dates` and `present` are a club's: dates of the term that were called, and those with the pupil there. `happened_on`
    is the competition's or the finished project's day, or the club's last date in the term."""

    Kind, State = Kind, State
    TONES = {
        State.ENTERED: ("turn", "hollow"),
        State.VOUCHED: ("turn", "half"),
        State.CONFIRMED: ("teal", "full"),
        State.WITHDRAWN: ("grey", "none"),
    }
    MOVES = table(
        Move("vouch", (State.ENTERED,), State.VOUCHED, Permission.RESULT_VOUCH, _("Confirm as mentor")),
        Move("confirm", (State.VOUCHED,), State.CONFIRMED, Permission.RESULT_ENTER, _("Confirm for the school")),
        Move(
            "withdraw", (State.ENTERED, State.VOUCHED, State.CONFIRMED), State.WITHDRAWN,
            Permission.RESULT_ENTER, _("Withdraw"),
        ),
        Move("restore", (State.WITHDRAWN,), State.CONFIRMED, Permission.RESULT_ENTER, _("Restore")),
    )  # fmt: skip

    student = models.ForeignKey(Student, models.PROTECT, related_name="results", verbose_name=_("pupil"))
    school = models.ForeignKey(School, models.PROTECT, related_name="results", verbose_name=_("school"))
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    competition = models.ForeignKey(
        Competition, models.PROTECT, null=True, related_name="results", verbose_name=_("competition")
    )
    group = models.ForeignKey(ActivityGroup, models.PROTECT, null=True, related_name="results", verbose_name=_("club"))
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", verbose_name=_("term"))
    school_year = models.PositiveSmallIntegerField(_("school year"))
    happened_on = models.DateField(_("day"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    dates = models.PositiveSmallIntegerField(_("dates of the term"), null=True)
    present = models.PositiveSmallIntegerField(_("dates with the pupil there"), null=True)
    mentor = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="mentored", verbose_name=_("mentor"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ENTERED)
    entered_at = models.DateTimeField(_("entered"))
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    vouched_at = models.DateTimeField(_("confirmed by the mentor"), null=True)
    vouched_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed by the school"), null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    why = models.CharField(_("why withdrawn"), max_length=200, blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["district", "happened_on"], name="result_by_district")]
        constraints = [
            models.UniqueConstraint(
                name="result_competition_once_a_year",
                fields=["student", "competition", "school_year"],
                condition=Q(kind=Kind.COMPETITION),
                violation_error_message=_("A competition counts once a school year."),
            ),
            models.UniqueConstraint(
                name="result_club_once_a_term",
                fields=["student", "group", "term"],
                condition=Q(kind=Kind.CLUB),
                violation_error_message=_("A club counts once a term."),
            ),
            models.UniqueConstraint(
                name="result_project_once_a_year",
                fields=["student", "title", "school_year"],
                condition=Q(kind=Kind.PROJECT),
                violation_error_message=_("This pupil has a project of that title in this school year already."),
            ),
            models.CheckConstraint(
                name="result_names_its_kind",
                condition=Q(kind=Kind.COMPETITION, competition__isnull=False, group__isnull=True, mentor__isnull=True,
                            dates__isnull=True, present__isnull=True)
                | Q(Q(kind=Kind.PROJECT, competition__isnull=True, group__isnull=True, mentor__isnull=False,
                      dates__isnull=True, present__isnull=True), ~Q(title=""))
                | Q(kind=Kind.CLUB, competition__isnull=True, group__isnull=False, mentor__isnull=True,
                    dates__isnull=False, present__isnull=False),
                violation_error_message=_("A result is of one competition, one project with a mentor, or one club."),
            ),
            models.CheckConstraint(
                name="result_has_evidence",
                condition=Q(kind=Kind.CLUB, dates__gt=0, present__lte=F("dates")) | Q(~Q(kind=Kind.CLUB), ~Q(evidence="")),
                violation_error_message=_("Say what proves it: a certificate number, the organiser's list, a report."),
            ),
            models.CheckConstraint(
                name="result_confirmed_when",
                condition=Q(state__in=[State.ENTERED, State.VOUCHED], confirmed_at__isnull=True)
                | Q(state=State.CONFIRMED, confirmed_at__isnull=False)
                | Q(state=State.WITHDRAWN),
                violation_error_message=_("A confirmed result says when it was confirmed."),
            ),
            models.CheckConstraint(
                name="result_two_people",
                condition=~Q(kind=Kind.PROJECT, state=State.CONFIRMED)
                | Q(Q(vouched_by__isnull=False, confirmed_by__isnull=False, vouched_at__isnull=False),
                    ~Q(vouched_by=F("confirmed_by"))),
                violation_error_message=_("The mentor and the school confirm a project: two different people."),
            ),
            models.CheckConstraint(
                name="result_only_projects_wait",
                condition=Q(kind=Kind.PROJECT) | ~Q(state__in=[State.ENTERED, State.VOUCHED]),
                violation_error_message=_("Only a project waits for confirmations."),
            ),
            models.CheckConstraint(
                name="result_withdrawn_why",
                condition=~Q(state=State.WITHDRAWN) | ~Q(why=""),
                violation_error_message=_("Say why the result is withdrawn."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def code(self) -> str:
        return CODES[Kind(self.kind)]

    @property
    def name(self) -> str:
        """What it was: the competition, the project's title, the club."""
        if self.competition:
            return self.competition.name
        return self.group.name if self.group else self.title

    def organisation_ids(self) -> set[int]:
        return {self.school_id} | ({self.mentor.organisation_id} if self.mentor else set())

    def district_ids(self) -> set[int]:
        return {self.district_id}
