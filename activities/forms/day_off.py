"""Calling a half-day off: which day, which half, why."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import DayOff
from portal.lib import clock

AHEAD = dt.timedelta(days=60)


class DayOffForm(forms.Form):
    date = forms.DateField(label=pgettext_lazy("date", "Day"), widget=forms.DateInput(attrs={"type": "date"}))
    part = forms.ChoiceField(label=_("Part of the day"), choices=DayOff.Part.choices, initial=DayOff.Part.DAY)
    kind = forms.ChoiceField(
        label=pgettext_lazy("day off", "Reason"), choices=DayOff.Kind.choices, initial=DayOff.Kind.WEATHER
    )
    words = forms.CharField(
        label=_("In words"), max_length=120, required=False, help_text=_("Everybody concerned reads it.")
    )

    def clean_date(self) -> dt.date:
        day = self.cleaned_data["date"]
        if not clock.today() <= day <= clock.today() + AHEAD:
            raise forms.ValidationError(_("Choose a day from today on, within two months."))
        return day
