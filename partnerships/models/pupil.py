"""Pupils as the portal knows them: a random id, a school, and the classes they were in. Names live in identity.py."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.roles import Role
from portal.lib import keys

from .school import OfSchool, School, SchoolPart
from .school_class import SchoolClass
from .scope import on, span, within


class StudentQuerySet(OfSchool):
    def visible_to(self, actor):
        """As rows of a school, but a teacher meets pupils only on the rolls of the bookings they lead."""
        return self.none() if actor.role == Role.TEACHER else super().visible_to(actor)

    def enrolled_in(self, school_class: SchoolClass, day: dt.date):
        return self.filter(pk__in=Enrolment.objects.on(day).filter(school_class=school_class).values("student_id"))


class Student(SchoolPart):
    """学生: a random id and the present school."""

    id = models.UUIDField(primary_key=True, default=keys.fresh, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="students")

    objects = StudentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def pseudonym(self) -> str:
        """Six characters of the random id, by which offices tell pupils apart without their names."""
        return self.id.hex[:6].upper()


class EnrolmentQuerySet(models.QuerySet):
    def visible_to(self, actor):
        if actor.role == Role.TEACHER:
            return self.none()
        return within(
            self, actor, district="school_class__school__organisation__district_id", own="school_class__school_id"
        )

    def on(self, day: dt.date):
        return self.filter(on(day))


class Enrolment(models.Model):
    """在班: a pupil is in one class at a time; `ends_on` is the first day no longer in it."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="enrolments")
    seat = models.PositiveSmallIntegerField(_("seat number"), null=True, blank=True)  # tells namesakes of a class apart
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends before"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="enrolment_ends_after_start",
                violation_error_message=_("The enrolment must end after it begins."),
            ),
            ExclusionConstraint(
                expressions=[("student", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                name="enrolment_one_class_at_a_time",
                violation_error_message=_("A pupil can't be in two classes at the same time."),
            ),
        ]

    def organisation_ids(self) -> set[int]:
        return {self.school_class.school_id}

    def district_ids(self) -> set[int]:
        return self.school_class.district_ids()
