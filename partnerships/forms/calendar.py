"""Forms of the calendar: a term, a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.models import CalendarDay, Term

from .fields import Day


class TermForm(forms.Form):
    school_year = forms.IntegerField(
        label=_("School year"), min_value=2000, max_value=2100, help_text=_("The year in which it begins.")
    )
    half = forms.TypedChoiceField(label=_("Term"), coerce=int, choices=Term.Half.choices)
    starts_on = Day(label=_("First day"))
    last_day = Day(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("starts_on") and cleaned.get("last_day") and cleaned["last_day"] <= cleaned["starts_on"]:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned


class DayForm(forms.ModelForm):
    class Meta:
        model = CalendarDay
        fields = ["is_workday", "is_teaching", "follows_weekday", "note"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("follows_weekday") and not cleaned.get("is_teaching"):
            self.add_error("follows_weekday", _("Only a teaching day can follow the timetable of a weekday."))
        return cleaned
