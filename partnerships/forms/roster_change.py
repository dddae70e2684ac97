"""Where pupils go who change their class or their school."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnerships.models import School, SchoolClass
from portal.lib import clock

from .fields import Named


def class_choices(classes: list[SchoolClass], *, founding: SchoolClass | None = None) -> list[tuple[int, str]]:
    """Classes of one year by number, and one that would be founded."""
    day = clock.today()
    found = [(row.number, row.label(day)) for row in classes]
    if founding is not None:
        free = next(n for n in range(1, 61) if n not in {row.number for row in classes} | {founding.number})
        new = SchoolClass(stage=founding.stage, entry_year=founding.entry_year, number=free)
        found.append((free, _("%(class)s (new)") % {"class": new.label(day)}))
    return found


class TargetForm(forms.Form):
    """Another class of the same year."""

    number = forms.TypedChoiceField(label=gettext_lazy("Into the class"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].choices = choices


class OnwardForm(forms.Form):
    """The class of the next stage."""

    number = forms.IntegerField(label=gettext_lazy("Number of the class in the next stage"), min_value=1, max_value=60)


class LeaveForm(forms.Form):
    """Where pupils go who leave the school."""

    to_school = Named(
        School.objects.none(),
        label=gettext_lazy("To which school"),
        required=False,
        empty_label=gettext_lazy("outside the district, or unknown"),
        help_text=gettext_lazy(
            "A school of the district takes the pupils in on its own page; their credits go with them."
        ),
    )

    def __init__(self, *args: Any, school: School, **options: Any) -> None:
        super().__init__(*args, **options)
        same = School.objects.filter(organisation__district_id=school.district_id).exclude(pk=school.pk)
        self.fields["to_school"].queryset = same.select_related("organisation")
