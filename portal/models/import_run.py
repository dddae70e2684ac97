"""ImportRun 导入记录: what an import did, in counts; the file itself is forgotten. And the parts handed to schools."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships.models import School
from partnerships.models.scope import within
from people.actors import Actor
from people.models import District, Organisation, User
from portal.lib import clock


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, actor: Actor) -> "ImportRunQuerySet":
        """The organisation's own; offices those of their district."""
        return within(self, actor, district="district_id", own="organisation_id")

    def for_rosters(self) -> "ImportRunQuerySet":
        return self.filter(kind=ImportRun.Kind.ROSTER)


class ImportRun(models.Model):
    class Kind(models.TextChoices):
        ROSTER = "roster", _("class roster")
        GROUPS = "groups", _("activity group list")
        VENUES = "venues", _("venue list")
        SCHOOLS = "schools", _("school list")
        CLUBS = "clubs", _("activity group list of all schools")
        WHITELIST = "whitelist", _("white-list of competitions")
        RESULTS = "results", _("results of competitions")
        SESSIONS = "sessions", _("timetable of sessions")
        BOOKINGS = "bookings", _("list of bookings")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+")  # a venue's belong to none
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # of the upload: a second press finds what the first one wrote
    upload_number = models.BigIntegerField(unique=True)
    counts = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)  # what people said about classes and schools; remembered for the next file
    was_braked = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "kind", "-written_at"], name="import_run_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(was_braked=False) | Q(proposed_by__isnull=False) & ~Q(proposed_by=F("written_by")),
                name="import_run_brake_two_people",
                violation_error_message=_(
                    "A braked import is confirmed by another person than the one who brought it."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    COUNTED = (
        "new",
        "changed",
        "unchanged",
        "gone",
        "classes",
        "skipped",
        "proposed",
        "pilots",
        "schools",
        "groups",
        "members",
    )

    @property
    def figures(self) -> dict[str, int]:
        """Every count, 0 where this kind of import has none."""
        return dict.fromkeys(self.COUNTED, 0) | self.counts

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


class ImportPartQuerySet(models.QuerySet["ImportPart"]):
    def visible_to(self, actor: Actor) -> "ImportPartQuerySet":
        return within(self, actor, district="run__district_id", own="school_id")

    def waiting(self) -> "ImportPartQuerySet":
        """Not answered, and not yet forgotten."""
        return self.filter(answer__isnull=True, expires_at__gt=clock.now())


class ImportPart(models.Model):
    """A school's part of a district's list: counts for the bureau; the names wait sealed in the school's own upload."""

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="parts")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    upload_number = models.BigIntegerField(unique=True)
    groups = models.PositiveIntegerField()
    members = models.PositiveIntegerField()
    expires_at = models.DateTimeField()
    answer = models.OneToOneField(ImportRun, models.PROTECT, null=True, blank=True, related_name="answered_part")

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "school"],
                name="import_part_once",
                violation_error_message=_("This school already has a part of this list."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.school_id}"

    def organisation_ids(self) -> set[int]:
        return {self.school_id}

    def district_ids(self) -> set[int]:
        return {self.run.district_id}
