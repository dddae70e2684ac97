"""Form fields that several nouns share."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.models import CalendarDay
from partnerships.models.position import read_position
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


class Place(forms.CharField):
    """A position as a map shows it; answers (latitude, longitude), or None where nothing is entered."""

    def __init__(self, **options: Any) -> None:
        words = {
            "label": _("Position"),
            "help_text": _("Latitude and longitude from a map, in either order. Use one and the same map everywhere."),
        }
        super().__init__(required=False, max_length=40, **words | options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value[0]}, {value[1]}" if isinstance(value, tuple) else value

    def clean(self, value: Any) -> tuple[Decimal, Decimal] | None:
        text = super().clean(value)
        try:
            return read_position(text)
        except ValueError:
            raise forms.ValidationError(_("Enter a position in China, for example 22.748512, 113.936208.")) from None


def place_of(row: Any) -> tuple[Decimal, Decimal] | None:
    """What the form shows of a row that has a position."""
    return (row.latitude, row.longitude) if row is not None and row.has_position else None


class CreditCode(forms.CharField):
    """统一社会信用代码 with its check character (GB 32100)."""

    SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Unified social credit code"), required=False, max_length=18, **options)

    def clean(self, value: Any) -> str:
        code = super().clean(value).upper()
        if not code:
            return ""
        if len(code) != 18 or not set(code) <= set(self.SIGNS):
            raise forms.ValidationError(_("The code has 18 digits and letters, without I, O, S, V, Z."))
        total = sum(self.SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
        if self.SIGNS[(31 - total % 31) % 31] != code[17]:
            raise forms.ValidationError(_("The last character does not fit the others: please compare the code."))
        return code


class Reason(forms.Form):
    """Why: asked for wherever somebody decides about somebody else."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
