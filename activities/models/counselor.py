"""Counselor 科技辅导员: a person who gives lessons, as an organisation of one; known on the platform, listed per district.

Whether somebody is listed where, and what each office said, is `partnerships.Listing`.
"""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import CalendarDay, Listing
from partnerships.models.school_class import ZH_GRADES
from people.actors import Client
from people.models import Membership, Organisation, User
from portal.lib import clock, wording

from .field import Field
from .programme import GRADES


class Half(models.IntegerChoices):
    """A part of a day in which somebody usually has time."""

    MORNING = 1, pgettext_lazy("half-day", "morning")
    AFTERNOON = 2, pgettext_lazy("half-day", "afternoon")
    AFTER_SCHOOL = 3, pgettext_lazy("half-day", "after school")


NOON, EVENING = dt.time(12), dt.time(16, 30)
SLOTS = [weekday * 10 + half for weekday in range(1, 8) for half in Half.values]  # 23: Tuesday after school


def slot_of(moment: dt.datetime) -> int:
    """The weekly slot in which an instant lies: ISO weekday × 10 + half."""
    local = timezone.localtime(moment)
    half = Half.MORNING if local.time() < NOON else Half.AFTERNOON if local.time() < EVENING else Half.AFTER_SCHOOL
    return local.isoweekday() * 10 + half


class CounselorQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Oneself; an office whoever applied to its district; schools and venues who is listed where they are.

        Whoever works or worked with somebody goes on seeing them.
        """
        rows = self.select_related("organisation")
        if actor.is_system:
            return rows
        listings = Listing.objects.all()
        if actor.is_office:
            return rows.filter(pk__in=listings.filter(district=actor.district_id).values("organisation"))
        if isinstance(actor, Client):
            return rows.listed_in([actor.district_id])
        if actor.is_school:
            districts = [actor.district_id]
        elif actor.is_venue:
            districts = listings.listed().filter(organisation=actor.organisation_id).values("district")
        else:
            return rows.filter(pk=actor.organisation_id or 0)
        listed = listings.listed().filter(district__in=districts).values("organisation")
        own = Q(assignments__host=actor.organisation_id, assignments__counselor_at__isnull=False)
        met = Counselor.objects.filter(own | Q(appointments__school=actor.organisation_id)).values("pk")
        return rows.filter(Q(pk__in=listed) | Q(pk__in=met))

    def listed_in(self, districts):
        """Those whom every reviewing office of one of these districts let in, and nobody suspended."""
        listings = Listing.objects.listed().filter(district__in=districts)
        return self.filter(pk__in=listings.values("organisation"))

    def free_between(self, starts_at: dt.datetime, ends_at: dt.datetime):
        """Those without a confirmed session, of whichever district, that overlaps this stretch of time."""
        assignment = Counselor.assignments.rel.related_model
        taken = assignment.objects.live().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
        return self.exclude(pk__in=taken.values("counselor"))


class Counselor(models.Model):
    """What a counselor says about themselves; shares the key of an organisation of one person, which bears the name."""

    class Kind(models.TextChoices):
        VENUE_STAFF = "venue_staff", pgettext_lazy("counselor", "Venue staff")
        SCIENTIST = "scientist", pgettext_lazy("counselor", "Scientist or academician")
        TEACHER = "teacher", pgettext_lazy("counselor", "Teacher of a school")
        STUDENT = "student", pgettext_lazy("counselor", "University student")
        SOCIAL = "social", pgettext_lazy("counselor", "Social volunteer")
        PARENT = "parent", pgettext_lazy("counselor", "Parent volunteer")
        ENGINEER = "engineer", pgettext_lazy("counselor", "Enterprise engineer")

    class Certification(models.TextChoices):
        JUNIOR = "junior", pgettext_lazy("certification", "Junior")
        INTERMEDIATE = "intermediate", pgettext_lazy("certification", "Intermediate")
        SENIOR = "senior", pgettext_lazy("certification", "Senior")

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="counselor")
    kind = models.CharField(_("kind of counselor"), max_length=12, choices=Kind)
    employer = models.CharField(_("employer"), max_length=80, blank=True)
    fields = ArrayField(models.CharField(max_length=12, choices=Field), verbose_name=_("fields"), default=list)
    grades = ArrayField(models.SmallIntegerField(), verbose_name=_("grades"), default=list)
    certification = models.CharField(_("certification"), max_length=12, choices=Certification, blank=True)
    availability = ArrayField(
        models.SmallIntegerField(), verbose_name=_("usually has time"), default=list, blank=True
    )  # codes of SLOTS
    introduction = models.TextField(_("introduction"), max_length=600, blank=True)
    consented_on = models.DateField(_("agreed to the background check on"), null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    objects = CounselorQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name_zh"]
        constraints = [
            models.CheckConstraint(
                name="counselor_fields_exist",
                condition=Q(fields__contained_by=Field.values) & Q(fields__len__gt=0),
                violation_error_message=_("Choose at least one field."),
            ),
            models.CheckConstraint(
                name="counselor_grades_exist",
                condition=Q(grades__contained_by=list(GRADES)) & Q(grades__len__gt=0),
                violation_error_message=_("Choose at least one grade, from 1 to 12."),
            ),
            models.CheckConstraint(
                name="counselor_slots_exist",
                condition=Q(availability__contained_by=SLOTS),
                violation_error_message=_("A week has seven days of three parts each."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def is_inside(self) -> bool:
        """校内: a school's own teacher; everybody else comes from outside (校外)."""
        return self.kind == self.Kind.TEACHER

    @property
    def person(self) -> User | None:
        """Who this is: the one person that wears the hat."""
        hat = Membership.objects.active().filter(organisation=self.pk).select_related("user").first()
        return hat.user if hat else None

    @property
    def fields_said(self) -> str:
        return wording.listed([str(Field(field).label) for field in self.fields])

    @property
    def grades_said(self) -> str:
        """五、六 / 5, 6"""
        return wording.listed(
            [ZH_GRADES[grade] if wording.reads_chinese() else str(grade) for grade in sorted(self.grades)]
        )

    @property
    def availability_said(self) -> list[str]:
        """周二 下午、课后, a line a weekday."""
        names = dict(CalendarDay.Weekday.choices)
        days: dict[int, list[str]] = {}
        for slot in sorted(self.availability):
            days.setdefault(slot // 10, []).append(str(Half(slot % 10).label))
        return [f"{names[weekday]} {wording.listed(halves)}" for weekday, halves in days.items()]

    def organisation_ids(self) -> set[int]:
        return {self.pk}

    def district_ids(self) -> set[int]:
        """The districts to which the counselor applied: whose offices may act on what concerns them there."""
        return set(Listing.objects.filter(organisation_id=self.pk).values_list("district_id", flat=True))
