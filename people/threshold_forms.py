"""The form that sets a threshold: its field follows from the declared kind."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.thresholds import Threshold
from portal.lib import clock


def field_for(threshold: Threshold) -> forms.Field:
    """Number, yes or no, one of, some of, or words."""
    label = _("New value")
    if threshold.kind is bool:
        choices = [("yes", _("yes")), ("no", _("no"))]
        return forms.TypedChoiceField(label=label, choices=choices, coerce=lambda value: value == "yes")
    if threshold.kind is int:
        return forms.IntegerField(label=label, min_value=threshold.least, max_value=threshold.most)
    if threshold.kind is list:
        return forms.MultipleChoiceField(label=label, choices=threshold.choices, widget=forms.CheckboxSelectMultiple)
    if threshold.choices:
        return forms.ChoiceField(label=label, choices=threshold.choices)
    return forms.CharField(label=label, required=False, max_length=200)


class ThresholdForm(forms.Form):
    """A value, the day from which it holds, and why."""

    starts_on = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=pgettext_lazy("threshold", "Reason"),
        max_length=200,
        help_text=_("For instance the number of the document."),
    )

    def __init__(self, *args: Any, threshold: Threshold, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tomorrow = clock.today() + dt.timedelta(days=1)
        self.fields["value"] = field_for(threshold)
        self.fields["starts_on"].initial = tomorrow
        self.fields["starts_on"].widget.attrs["min"] = tomorrow.isoformat()
        self.order_fields(["value", "starts_on", "reason"])
