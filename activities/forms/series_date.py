"""The time of one date of a series: another one for it, or that of an extra date."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.forms.session import day_field, time_field
from portal.lib import clock


class SeriesDateForm(forms.Form):
    day = day_field(pgettext_lazy("session", "Day"))
    starts = time_field(pgettext_lazy("time", "From"))
    ends = time_field(pgettext_lazy("time", "Until"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        return data

    def times(self) -> dict[str, dt.datetime]:
        """Keywords of `series_dates.shift` and `series_dates.add`."""
        data = self.cleaned_data
        return {
            "starts_at": clock.moment(data["day"], data["starts"]),
            "ends_at": clock.moment(data["day"], data["ends"]),
        }
