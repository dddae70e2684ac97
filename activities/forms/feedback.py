"""How a visit was: a score and a few words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import Feedback


class FeedbackForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How was it?"), choices=Feedback.Score, coerce=int, widget=forms.RadioSelect, initial=None
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Write no names of pupils: both sides and the bureau read this."),
    )
