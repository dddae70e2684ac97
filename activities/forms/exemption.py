"""Asking for an exception, and its owner's answer."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Exemption
from activities.verdicts import Broken
from partnerships.forms.fields import Day


class AskForm(forms.Form):
    codes = forms.MultipleChoiceField(label=pgettext_lazy("exception", "Rules"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=pgettext_lazy("exception", "Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, rules: list[Broken], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["codes"].choices = [(rule.code, rule.sentence) for rule in rules]
        self.fields["codes"].initial = [rule.code for rule in rules]


class GrantForm(forms.Form):
    starts_on = Day(label=_("For sessions from"))
    last_day = Day(label=_("until"))
    most = forms.IntegerField(label=_("For so many bookings"), min_value=1, max_value=50, initial=1)
    answer = forms.CharField(
        label=pgettext_lazy("exception", "Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    @classmethod
    def of(cls, exemption: Exemption) -> "GrantForm":
        """As it is asked for: one booking on the day of the session."""
        return cls(initial={"starts_on": exemption.starts_on, "last_day": exemption.last_day, "most": exemption.most})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first: dt.date | None = cleaned.get("starts_on")
        last: dt.date | None = cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned
