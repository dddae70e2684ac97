"""Form fields that several nouns share."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.models import CalendarDay
from portal.lib.days import ORDINARY

DAY = dt.timedelta(days=1)


class Day(forms.DateField):
    """A date by the browser's own picker, ISO underneath."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], validators=ORDINARY, **options)


class Time(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options)


class Named(forms.ModelChoiceField):
    """One school, venue or term by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class SeveralNamed(forms.ModelMultipleChoiceField):
    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset, widget=forms.CheckboxSelectMultiple, **options)

    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class Weekdays(forms.TypedMultipleChoiceField):
    """ISO weekdays as checkboxes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=CalendarDay.Weekday.choices, coerce=int, widget=forms.CheckboxSelectMultiple, **options
        )


class Reason(forms.Form):
    """Why: asked for wherever somebody decides about somebody else."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
