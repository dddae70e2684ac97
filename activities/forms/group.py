"""Who would come: the same fields in the catalogue, the booking form and a series."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities import groups
from activities.groups import Group
from activities.models import Booking
from partnerships.models import ActivityGroup, School, SchoolClass
from portal.lib.errors import Refused

MOST_HEADS = 2000


class ClassChoice(forms.ModelMultipleChoiceField):
    """Classes by their label of the day."""

    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        self.day = day
        super().__init__(*args, **kwargs)

    def label_from_instance(self, obj: SchoolClass) -> str:
        return obj.label(self.day)


class GroupForm(forms.Form):
    """Classes (with a head count for each that has no stored names), an activity group, or a head count."""

    by = forms.ChoiceField(
        label=_("Group"), choices=Booking.By.choices, initial=Booking.By.CLASSES, widget=forms.RadioSelect
    )
    activity_group = forms.ModelChoiceField(
        label=_("Activity group"), queryset=ActivityGroup.objects.none(), required=False, empty_label=_("Choose …")
    )
    pupils = forms.IntegerField(label=_("Pupils"), min_value=1, max_value=MOST_HEADS, required=False)
    adults = forms.IntegerField(label=_("Accompanying adults"), min_value=0, max_value=200, required=False)
    on_sheet = forms.BooleanField(label=_("Without an agreement, on a confirmation sheet"), required=False)

    def __init__(self, *args: Any, school: School, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school, self.day = school, day
        found = SchoolClass.objects.filter(school=school).studying(day).in_order().with_size(day)
        self.fields["classes"] = ClassChoice(
            label=_("Classes"), queryset=found, required=False, day=day, widget=forms.CheckboxSelectMultiple
        )
        self.fields["activity_group"].queryset = ActivityGroup.objects.filter(school=school).on(day)
        self.class_list = list(found)
        self.busy: set[int] = set()  # classes that are elsewhere at the time in question; the page says so
        self.named = {each.pk: each.size for each in self.class_list if each.size}
        for school_class in self.class_list:
            if not self.named.get(school_class.pk):
                self.fields[f"heads_{school_class.pk}"] = forms.IntegerField(
                    label=_("Pupils of %(class)s") % {"class": school_class.label(day)},
                    min_value=1,
                    max_value=200,
                    required=False,
                )

    def tiles(self) -> list[dict[str, Any]]:
        """The classes as the page draws them: label, size by roster, the field for the count where there is none."""
        chosen = {str(key) for key in (self["classes"].value() or [])}
        return [
            {
                "pk": school_class.pk,
                "label": school_class.label(self.day),
                "size": self.named.get(school_class.pk),
                "chosen": str(school_class.pk) in chosen,
                "busy": school_class.pk in self.busy,
                "heads": self[f"heads_{school_class.pk}"] if f"heads_{school_class.pk}" in self.fields else None,
            }
            for school_class in self.class_list
        ]

    def clean_adults(self) -> int:
        return self.cleaned_data.get("adults") or 0

    def group(self) -> Group:
        """The group that the form describes; raises Refused where it describes none."""
        return replace(self._group(), on_sheet=self.cleaned_data.get("on_sheet", False))

    def _group(self) -> Group:
        data = self.cleaned_data
        adults = data.get("adults") or 0
        if data["by"] == Booking.By.GROUP:
            if not data.get("activity_group"):
                raise Refused("group.members", _("Choose an activity group."))
            return groups.of_activity_group(data["activity_group"], on=self.day, adults=adults)
        if data["by"] == Booking.By.HEADS:
            return groups.of_heads(self.school, data.get("pupils") or 0, on=self.day, adults=adults)
        heads = {
            school_class.pk: data.get(f"heads_{school_class.pk}") or 0
            for school_class in data.get("classes", [])
            if f"heads_{school_class.pk}" in self.fields
        }
        return groups.of_classes(self.school, list(data.get("classes", [])), on=self.day, adults=adults, heads=heads)
