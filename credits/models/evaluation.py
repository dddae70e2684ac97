"""EvaluationColumn: one column of the district's template for 综合素质评价, and what the portal writes into it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import District


class Field(models.TextChoices):
    """What a column may hold. Points are those of final entries."""

    SCHOOL = "school", _("School")
    CLASS = "class", _("Class")
    GRADE = "grade", _("Grade")
    SEAT = "seat", _("Seat number")
    NUMBER = "number", _("Number within the school")
    NAME = "name", _("Name of the pupil")
    YEAR = "year", _("School year")
    POINTS = "points", _("Points of the school year")
    KINDS = "kinds", _("Kinds of activity")
    TIMES = "times", _("Number of activities")
    TARGET = "target", _("Target reached (yes or no)")
    CONTENT = "content", _("Content: date, activity, points")
    EMPTY = "empty", _("Left empty")


class ColumnQuerySet(models.QuerySet["EvaluationColumn"]):
    def visible_to(self, actor: Actor) -> "ColumnQuerySet":
        return self.filter(district=actor.district_id) if actor.district_id else self.none()


class EvaluationColumn(models.Model):
    Field = Field

    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("column title"), max_length=60)
    field = models.CharField(_("content"), max_length=20, choices=Field.choices)

    objects = ColumnQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                name="evaluation_column_position",
                fields=["district", "position"],
                violation_error_message=_("Two columns can't stand in one place."),
            ),
        ]

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
