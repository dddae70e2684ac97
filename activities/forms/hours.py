"""Forms of hours, rates and settlements."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities import hours
from activities.models import SubsidyRate
from partnerships.forms.fields import Day
from partnerships.models import Term

KINDS = [
    (hours.PAID, pgettext_lazy("hours", "paid class-hours")),
    (hours.VOLUNTEER, pgettext_lazy("hours", "volunteer hours")),
]


class HoursForm(forms.Form):
    """Minutes of one kind: paid or volunteer, never both."""

    minutes = forms.IntegerField(label=_("Minutes given"), min_value=1, max_value=hours.LONGEST)
    kind = forms.ChoiceField(
        label=_("They count as"),
        choices=KINDS,
        widget=forms.RadioSelect,
        help_text=_("A paid class-hour is no volunteer hour."),
    )


class AnswerForm(HoursForm):
    """The answer to an objection."""

    reason = forms.CharField(label=_("Answer"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class RateForm(forms.ModelForm):
    starts_on = Day(label=_("In force from"))

    class Meta:
        model = SubsidyRate
        fields = ["kind", "locality", "starts_on", "yuan", "reason"]
        help_texts = {"reason": _("The document that the rate rests on.")}

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"district"}  # the verb knows it; the database decides


class TermForm(forms.Form):
    term = forms.ModelChoiceField(Term.objects.none(), label=_("Term"), empty_label=None)

    def __init__(self, *args: Any, terms: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["term"].queryset = terms


class CorrectionForm(forms.Form):
    """The right minutes in all; the line holds the difference."""

    minutes = forms.IntegerField(label=_("Corrected total in minutes"), min_value=0, max_value=hours.LONGEST)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
