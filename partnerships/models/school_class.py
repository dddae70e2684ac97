"""Classes: the grade is computed from the entry year, so that a new school year needs no import."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .school import OfSchool, School, SchoolPart

NEW_YEAR_MONTH = 9  # the school year turns on 1 September
ZH_GRADES = (
    {-2: "小", -1: "中", 0: "大"}
    | dict(enumerate("一二三四五六七八九", start=1))
    | {10: "高一", 11: "高二", 12: "高三"}
)


def school_year_of(day: dt.date) -> int:
    """The year in which the school year of `day` began: 2026 for 1 September 2026 to 31 August 2027."""
    return day.year if day.month >= NEW_YEAR_MONTH else day.year - 1


class SchoolClassQuerySet(OfSchool):
    def studying(self, day: dt.date):
        """Classes that have entered and not yet left the school on `day`."""
        year = school_year_of(day)
        due = Q()
        for stage, (_first, years) in SchoolClass.GRADES.items():
            due |= Q(stage=stage, entry_year__gt=year - years, entry_year__lte=year)
        return self.filter(due).open_on(day)

    def open_on(self, day: dt.date):
        """Not dissolved by `day`."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def beside(self, other: "SchoolClass"):
        """The other classes of the same school and year."""
        same = {"school": other.school_id, "stage": other.stage, "entry_year": other.entry_year}
        return self.filter(**same).exclude(pk=other.pk)

    def of_grade(self, grade: int, day: dt.date):
        """Classes that are in `grade` (1–12; kindergarten −2 to 0) on `day`."""
        year = school_year_of(day)
        due = Q(pk__in=[])
        for stage, (first, years) in SchoolClass.GRADES.items():
            if first <= grade < first + years:
                due |= Q(stage=stage, entry_year=year - (grade - first))
        return self.filter(due).open_on(day)

    def with_size(self, day: dt.date):
        """`size`: how many pupils stand on the class list on `day`."""
        there = Q(enrolments__starts_on__lte=day) & (
            Q(enrolments__ends_on__isnull=True) | Q(enrolments__ends_on__gt=day)
        )
        return self.annotate(size=models.Count("enrolments", filter=there))

    def in_order(self):
        """Grade 1 before grade 6, primary before junior, then by number."""
        stages = [models.When(stage=stage, then=position) for position, stage in enumerate(SchoolClass.GRADES)]
        return self.order_by(models.Case(*stages), "-entry_year", "number")


class SchoolClass(SchoolPart):
    """行政班, named by the year in which its pupils entered the stage."""

    class Stage(models.TextChoices):
        KINDERGARTEN = "kindergarten", _("kindergarten")
        PRIMARY = "primary", _("primary")
        JUNIOR = "junior", _("junior secondary")
        SENIOR = "senior", _("senior secondary")

    GRADES = {Stage.KINDERGARTEN: (-2, 3), Stage.PRIMARY: (1, 6), Stage.JUNIOR: (7, 3), Stage.SENIOR: (10, 3)}

    school = models.ForeignKey(School, models.PROTECT, related_name="classes")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    entry_year = models.PositiveSmallIntegerField(_("entry year"))
    number = models.PositiveSmallIntegerField(_("number"))
    closed_on = models.DateField(_("dissolved on"), null=True, blank=True)  # 并班: its pupils are in another class

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        ordering = ["school", "stage", "-entry_year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "stage", "entry_year", "number"],
                name="school_class_once",
                violation_error_message=_("The school already has this class."),
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, 60), entry_year__range=(2000, 2100)),
                name="school_class_plausible",
                violation_error_message=_("A class has a number from 1 to 60 and an entry year of four digits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.entry_year}/{self.number}"

    def grade(self, on: dt.date) -> int | None:
        """1–12 (kindergarten −2 to 0) on a day; None before entry and after leaving."""
        first, years = self.GRADES[self.Stage(self.stage)]
        passed = school_year_of(on) - self.entry_year
        return first + passed if 0 <= passed < years else None

    def leaves_on(self) -> dt.date:
        """The 1 September on which its pupils have been through the stage."""
        _first, years = self.GRADES[self.Stage(self.stage)]
        return dt.date(self.entry_year + years, NEW_YEAR_MONTH, 1)

    def label(self, on: dt.date) -> str:
        """五（3）班 / Class 5(3) on a day; a class that isn't there yet or any more is named by its entry year."""
        grade = self.grade(on)
        if (get_language() or "").startswith("zh"):
            return f"{self.entry_year}级{self.number}班" if grade is None else f"{ZH_GRADES[grade]}（{self.number}）班"
        if grade is None:
            return f"Class {self.number} of {self.entry_year}"
        return f"Class K{grade + 3}({self.number})" if grade < 1 else f"Class {grade}({self.number})"
