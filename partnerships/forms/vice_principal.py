"""Forms of a science vice-principal: who is proposed, hours, consent, the first day in office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.vice_principals import MOST_HOURS
from portal.lib import clock

from .fields import Day


class ProposeForm(forms.Form):
    name = forms.CharField(label=_("person's name"), max_length=40)
    employer = forms.CharField(label=_("employer"), max_length=120)
    title = forms.CharField(
        label=_("professional title"),
        max_length=60,
        required=False,
        help_text=_("Associate senior as a rule."),
    )


class TrainingForm(forms.Form):
    hours = forms.IntegerField(label=_("Further hours of training"), min_value=1, max_value=MOST_HOURS)


class ConsentForm(forms.Form):
    scan = forms.FileField(label=_("Scan of the employer's consent"), help_text=_("PDF, PNG or JPEG, at most 10 MB."))


class AppointForm(forms.Form):
    starts_on = Day(label=_("in office from"), initial=clock.today)
