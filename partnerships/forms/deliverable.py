"""What was delivered, with its evidence."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.forms.fields import Day
from partnerships.models import Commitment
from portal.lib import clock


class Promised(forms.ModelChoiceField):
    def label_from_instance(self, obj: Commitment) -> str:
        return f"{obj.get_kind_display()} · {obj.term.name}"


class DeliverableForm(forms.Form):
    commitment = Promised(label=_("Commitment"), queryset=Commitment.objects.none(), empty_label=None)
    title = forms.CharField(label=_("What was delivered"), max_length=120)
    happened_on = Day(label=pgettext_lazy("date", "Day"))
    amount = forms.IntegerField(label=_("How many"), min_value=1, max_value=999, initial=1)
    evidence = forms.CharField(
        label=_("Evidence in words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where it can be seen: a course number, a link, a list of participants kept at your office."),
    )
    scan = forms.FileField(
        label=pgettext_lazy("deliverable", "File"),
        required=False,
        help_text=_("PDF, PNG or JPEG up to 10 MB; instead of words or beside them."),
    )

    def __init__(self, *args: Any, commitments: QuerySet[Commitment], **options: Any) -> None:
        super().__init__(*args, initial={"happened_on": clock.today()}, **options)
        self.fields["commitment"].queryset = commitments  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("evidence") and not given.get("scan"):
            self.add_error("evidence", _("Give the evidence: a file, or where it can be seen."))
        return given
