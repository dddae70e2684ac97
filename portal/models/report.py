"""Report 学期报告: the figures of a district, a school or a venue, drafted, commented, published, and frozen since."""

import zlib

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import School, Term
from partnerships.models.scope import last_day
from people.actors import Actor, Client
from people.models import District, Organisation, User
from people.roles import Permission, Role
from people.workflow import Move, table
from portal.lib import clock


class State(models.TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("report", "To be drafted")
    DRAFTING = "drafting", pgettext_lazy("report", "Being drafted")
    TO_CHECK = "to_check", pgettext_lazy("report", "To be checked")
    COMMENTED = "commented", pgettext_lazy("report", "Answered by the school")
    PUBLISHED = "published", pgettext_lazy("report", "Published")


DRAFTED = (State.TO_CHECK, State.COMMENTED)
SHOWN = (*DRAFTED, State.PUBLISHED)
ATTEMPTS = 3  # a report that can't be drafted waits for a person after that


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> "ReportQuerySet":
        """The bureau sees all of its district; the other offices and clients what is published there; a school its own
        once it is drafted; a venue its own once it is published."""
        if actor.is_system:
            return self
        if actor.is_bureau:
            return self.filter(district=actor.district_id)
        if actor.is_office or isinstance(actor, Client):
            return self.published().filter(district=actor.district_id)
        if actor.role in (Role.SCHOOL_LEAD, Role.COORDINATOR):
            return self.filter(organisation=actor.organisation_id, state__in=SHOWN)
        if actor.is_venue:
            return self.published().filter(organisation=actor.organisation_id)
        return self.none()

    def published(self) -> "ReportQuerySet":
        return self.filter(state=State.PUBLISHED)

    def due(self) -> "ReportQuerySet":
        """Waiting to be drafted, or left behind by a worker that died."""
        free = Q(state=State.SCHEDULED) | Q(state=State.DRAFTING, leased_until__lt=clock.now())
        return self.filter(free, attempts__lt=ATTEMPTS)

    def awaiting_answer(self) -> "ReportQuerySet":
        """Drafts that a school may still answer and has not."""
        return self.filter(state=State.TO_CHECK, organisation__school__isnull=False, comments_until__gte=clock.today())

    def awaiting_publication(self) -> "ReportQuerySet":
        return self.filter(state__in=DRAFTED)

    def with_names(self) -> "ReportQuerySet":
        return self.select_related("district", "organisation", "term", "published_by")


class ReportManager(models.Manager.from_queryset(ReportQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ReportQuerySet:
        """Without the document, which may be long: it is fetched where it is read."""
        return super().get_queryset().defer("document")


class Report(models.Model):
    """`document` holds all that a rendering needs, as canonical JSON; a published row never changes (trigger)."""

    class Kind(models.TextChoices):
        TERM = "term", pgettext_lazy("report", "Term report")
        MONTHLY = "monthly", pgettext_lazy("report", "Monthly report")

    State = State
    TONES = {
        State.SCHEDULED: ("grey", "hollow"),
        State.DRAFTING: ("grey", "half"),
        State.TO_CHECK: ("turn", "half"),
        State.COMMENTED: ("turn", "half"),
        State.PUBLISHED: ("teal", "full"),
    }
    MOVES = table(
        Move("start", (State.SCHEDULED,), State.DRAFTING, Permission.REPORT_WORK),
        Move("finish", (State.DRAFTING,), State.TO_CHECK, Permission.REPORT_WORK),
        Move("answer", (State.TO_CHECK,), State.COMMENTED, Permission.REPORT_COMMENT, _("Answer")),
        Move("again", DRAFTED, State.SCHEDULED, Permission.REPORT_DRAFT, _("Draft it again")),
        Move("publish", DRAFTED, State.PUBLISHED, Permission.REPORT_PUBLISH, _("Publish")),
    )

    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    # whose figures these are; none: the whole district's
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TERM)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"))
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.SCHEDULED)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # none: the timetable
    # the worker at it: which, until when, and how many figures of how many it has
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    whole = models.PositiveSmallIntegerField(default=0)
    drafted_at = models.DateTimeField(null=True, blank=True)
    comments_until = models.DateField(null=True, blank=True)
    watermark = models.CharField(max_length=200, blank=True)  # pg_current_snapshot() in which it was counted
    document = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the document, once published
    versions = models.JSONField(default=dict, blank=True)  # of code, templates and libraries, when published
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportManager()

    class Meta:
        ordering = ["-ends_on", "kind", "organisation", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "organisation", "kind", "starts_on", "ends_on", "version"],
                nulls_distinct=False,
                name="report_once",
                violation_error_message=_("This report is already planned."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="report_ends_after_start",
                violation_error_message=_("The days of a report end after they begin."),
            ),
            models.CheckConstraint(
                condition=Q(kind="monthly") | Q(term__isnull=False),
                name="report_names_its_term",
                violation_error_message=_("A term report names its term."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SHOWN) | Q(document__isnull=False, drafted_at__isnull=False),
                name="report_drafted_before_shown",
                violation_error_message=_("A report is drafted before anybody sees it."),
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False, published_by__isnull=False) & ~Q(sha256="")
                | ~Q(state="published") & Q(published_at__isnull=True, published_by__isnull=True, sha256=""),
                name="report_published_signed",
                violation_error_message=_("A published report says when, by whom and with which check code."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """DE-2026-1-R1 for the second version of … : district, school year and half, kind, version."""
        half = f"{self.term.school_year}-{self.term.half}" if self.term else f"{self.ends_on:%Y%m}"
        if self.kind == self.Kind.MONTHLY:
            half = f"{last_day(self.ends_on):%Y%m}"
        whose = f"-{self.organisation_id}" if self.organisation_id else ""
        return f"{self.district.code.upper()}-{half}{whose}-{self.kind[0].upper()}{self.version}"

    @property
    def last_day(self):
        return last_day(self.ends_on)

    @property
    def tone(self) -> str:
        return self.TONES[State(self.state)][0]

    @property
    def dot(self) -> str:
        return self.TONES[State(self.state)][1]

    @property
    def whose(self) -> District | Organisation:
        return self.organisation or self.district

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def is_stuck(self) -> bool:
        return self.state in (State.SCHEDULED, State.DRAFTING) and self.attempts >= ATTEMPTS

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def district_ids(self) -> set[int]:
        return {self.district_id}


class OfReport(models.QuerySet):
    """Rows of a report: whoever sees the report sees them."""

    def visible_to(self, actor: Actor) -> "OfReport":
        if actor.is_system:
            return self
        return self.filter(report__in=Report.objects.visible_to(actor).order_by().values("pk"))


class OfOneReport(models.Model):
    """What every row of a report answers to `may()`."""

    class Meta:
        abstract = True

    def organisation_ids(self) -> set[int]:
        return self.report.organisation_ids()

    def district_ids(self) -> set[int]:
        return self.report.district_ids()


class ReportComment(OfOneReport):
    """What a school answers to the draft of its report (append-only)."""

    class Verdict(models.TextChoices):
        AGREED = "agreed", _("The figures are right")
        REMARK = "remark", _("Something should be looked at")

    report = models.ForeignKey(Report, models.PROTECT, related_name="comments")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    verdict = models.CharField(_("answer"), max_length=10, choices=Verdict)
    text = models.CharField(_("remark"), max_length=500, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfReport.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict="remark", text=""),
                name="report_remark_says_what",
                violation_error_message=_("Say what should be looked at."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.pk}"


class Rendering(OfOneReport):
    """One file of a published report as it was that day: its SHA-256, and the file itself, kept away (append-only).

    Readers get a fresh rendering of the document. The kept file is handed out only beside it, after an upgrade that
    changed the bytes. `cut` says for whom it was cut: “full”, or the role that may not see everything.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="renderings")
    cut = models.CharField(max_length=20)
    name = models.CharField(max_length=20)  # zh-hans.pdf, en.csv
    sha256 = models.CharField(max_length=64)
    packed = models.BinaryField()

    objects = OfReport.as_manager()

    class Meta:
        ordering = ["report", "cut", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "cut", "name"],
                name="rendering_once",
                violation_error_message=_("This file of the report is already kept."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.cut}/{self.name}"

    @property
    def original(self) -> bytes:
        """The file, byte for byte as it was on the day of publishing."""
        return zlib.decompress(self.packed)
