"""Ending an agreement: the last day, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.forms.fields import Day
from portal.lib import clock


class EndingForm(forms.Form):
    last_day = Day(label=_("Last day"), help_text=_("Up to this day visits rest on the agreement."))
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    meanwhile = forms.BooleanField(
        label=_("Treat what is booked while I read this as proposed"),
        required=False,
        help_text=_("Otherwise the page is shown once more when something has changed."),
    )

    def __init__(self, data=None, *, has_day: bool) -> None:
        super().__init__(data, initial={"last_day": clock.today()})
        if not has_day:
            del self.fields["last_day"]
