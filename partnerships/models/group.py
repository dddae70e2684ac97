"""Activity groups: named pupils of one school, from any classes."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.roles import Role

from .pupil import Student
from .school import OfSchool, School, SchoolPart
from .scope import last_day, on, span, within


class ActivityGroupQuerySet(OfSchool):
    def on(self, day: dt.date):
        return self.filter(on(day))


class ActivityGroup(SchoolPart):
    """活动小组（社团）."""

    school = models.ForeignKey(School, models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends before"))

    objects = ActivityGroupQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name", "starts_on"],
                name="activity_group_once",
                violation_error_message=_("The school already has a group of this name in this time."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="activity_group_ends_after_start",
                violation_error_message=_("The group must end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date:
        return last_day(self.ends_on)


class GroupMemberQuerySet(models.QuerySet):
    def visible_to(self, actor):
        if actor.role == Role.TEACHER:
            return self.none()
        return within(self, actor, district="group__school__organisation__district_id", own="group__school_id")

    def on(self, day: dt.date):
        return self.filter(on(day))


class GroupMember(models.Model):
    """A pupil in a group, dated."""

    group = models.ForeignKey(ActivityGroup, models.PROTECT, related_name="members")
    student = models.ForeignKey(Student, models.PROTECT, related_name="group_memberships")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends before"), null=True, blank=True)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="group_member_ends_after_start",
                violation_error_message=_("The membership must end after it begins."),
            ),
            ExclusionConstraint(
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("student", RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                name="group_member_once",
                violation_error_message=_("This pupil is already in the group in this time."),
            ),
        ]

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.ends_on)

    def organisation_ids(self) -> set[int]:
        return {self.group.school_id}

    def district_ids(self) -> set[int]:
        return self.group.district_ids()
