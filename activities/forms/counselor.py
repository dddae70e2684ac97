"""Forms around counselors: the link, the profile, the check, the application, the need of a session."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Check, Counselor
from activities.models.counselor import SLOTS, Field, Half
from activities.models.programme import GRADES
from partnerships.forms.fields import Day
from partnerships.models import CalendarDay
from people.models import District


class InviteForm(forms.Form):
    full_name = forms.CharField(
        label=_("Name of the person"), max_length=60, help_text=_("They write their profile themselves.")
    )


class CounselorForm(forms.ModelForm):
    """The own profile. The name is that of the counselor's organisation of one person."""

    name_zh = forms.CharField(label=pgettext_lazy("counselor", "Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    fields_known = forms.MultipleChoiceField(
        label=_("Fields"), choices=Field.choices, widget=forms.CheckboxSelectMultiple
    )
    grades = forms.TypedMultipleChoiceField(
        label=_("Grades"), coerce=int, choices=[(grade, grade) for grade in GRADES], widget=forms.CheckboxSelectMultiple
    )
    availability = forms.TypedMultipleChoiceField(
        label=_("When you usually have time"),
        coerce=int,
        choices=[(slot, slot) for slot in SLOTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Counselor
        fields = ["kind", "employer", "grades", "certification", "availability", "introduction"]
        widgets = {"introduction": forms.Textarea(attrs={"rows": 4})}

    def week(self) -> list[dict[str, Any]]:
        """The weekly time as a small table: a row a weekday, a box a part of the day."""
        chosen = {str(slot) for slot in self["availability"].value() or []}
        return [
            {
                "name": name,
                "boxes": [
                    {
                        "slot": weekday * 10 + half,
                        "name": label,
                        "checked": str(weekday * 10 + half) in chosen,
                    }
                    for half, label in Half.choices
                ],
            }
            for weekday, name in CalendarDay.Weekday.choices
        ]

    def halves(self) -> list[Any]:
        return [label for _half, label in Half.choices]

    def facts(self) -> dict[str, Any]:
        """Keywords of `counselors.save`."""
        facts = dict(self.cleaned_data)
        return facts | {"fields": facts.pop("fields_known")}

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"fields"}


class ApplyForm(forms.Form):
    district = forms.ModelChoiceField(District.objects.none(), label=_("District"), empty_label=None)

    def __init__(self, *args: Any, districts: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["district"].queryset = districts
        self.fields["district"].label_from_instance = lambda district: district.name


class CheckForm(forms.Form):
    """What the bureau was told. There is no field for anything else, and none is stored."""

    checked_on = Day(label=_("Checked on"))
    outcome = forms.ChoiceField(
        label=pgettext_lazy("check", "Answer"), choices=Check.Outcome.choices, widget=forms.RadioSelect
    )


class NeedForm(forms.Form):
    """Whether a session needs a counselor, and who would fit."""

    wanted = forms.BooleanField(label=_("This session needs a counselor"), required=False)
    field = forms.ChoiceField(
        label=pgettext_lazy("counselor", "Field"),
        choices=[("", pgettext_lazy("field", "any"))],
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["field"].choices = [("", pgettext_lazy("field", "any")), *Field.choices]
