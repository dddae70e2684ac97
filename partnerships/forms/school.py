"""Forms of schools: facts, campuses, slots, pilots, classes, groups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import Campus, School, SchoolClass, Slot
from partnerships.models.school_class import school_year_of
from portal.lib import clock

from .fields import Day, Place, Time, place_of


class SchoolForm(forms.ModelForm):
    """Facts of a school; the school itself is not offered what the bureau decides."""

    class Meta:
        model = School
        fields = ["stage", "locality", "is_underserved", "cluster", "street", "note"]

    position = Place()
    field_order = ["stage", "locality", "is_underserved", "cluster", "street", "position"]

    def __init__(self, *args: Any, for_school: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].initial = place_of(self.instance)
        if for_school:
            for name in ("stage", "locality", "is_underserved", "cluster"):
                del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of `schools.change`."""
        facts = dict(self.cleaned_data)
        return facts | self.instance.placed(facts.pop("position"))


class CampusForm(forms.ModelForm):
    position = Place()

    class Meta:
        model = Campus
        fields = ["name", "address"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].initial = place_of(self.instance)

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of `schools.add_campus` and `schools.change_campus`."""
        facts = dict(self.cleaned_data)
        return facts | self.instance.placed(facts.pop("position"))


class SlotForm(forms.ModelForm):
    starts = Time(label=_("Begins"))
    ends = Time(label=_("Ends"))

    class Meta:
        model = Slot
        fields = ["weekday", "starts", "ends"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("The slot must end after it begins."))
        return cleaned


class PilotForm(forms.Form):
    starts_on = Day(label=_("From"))


class ClassForm(forms.Form):
    """A class by the grade it is in today; the entry year follows from it."""

    grade = forms.TypedChoiceField(
        label=_("Grade"), coerce=int, choices=[(grade, str(grade)) for grade in range(1, 13)]
    )
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=60)

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of `schools.add_class`."""
        grade = self.cleaned_data["grade"]
        stage, (first, _years) = next(
            (stage, span) for stage, span in SchoolClass.GRADES.items() if span[0] <= grade < span[0] + span[1]
        )
        entry_year = school_year_of(clock.today()) - (grade - first)
        return {"stage": stage, "entry_year": entry_year, "number": self.cleaned_data["number"]}


class GroupForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=60)
    starts_on = Day(label=_("From"))
    last_day = Day(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("starts_on") and cleaned.get("last_day") and cleaned["last_day"] < cleaned["starts_on"]:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned


class FirstDayForm(forms.Form):
    """From when pupils are in a group; nothing said is from today on."""

    starts_on = Day(label=_("In the group from"), required=False)


class LastDayForm(forms.Form):
    last_day = Day(label=_("Last day in the group"))
