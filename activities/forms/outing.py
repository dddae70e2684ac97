"""A grade as one outing; how it travels and which papers are ready; how many came back."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities import groups
from activities.forms.booking import PHONE, BookingForm
from activities.groups import Group
from activities.models import Outing
from partnerships.forms.fields import Time

NOT_OF_A_GRADE = ("by", "activity_group", "pupils", "adults", "smallest", "may_split")
MOST_HEADS = 5000


class GradeForm(BookingForm):
    """Whole classes of one school, who leads where nobody else is named, and what the venue should know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NOT_OF_A_GRADE:
            self.fields.pop(name, None)

    def group(self) -> Group:
        """All classes together, without adults: the rules say how many. Raises Refused where none is chosen."""
        chosen = list(self.cleaned_data.get("classes", []))
        heads = {one.pk: self.cleaned_data.get(f"heads_{one.pk}") or 0 for one in chosen}
        return groups.of_classes(self.school, chosen, on=self.day, adults=0, heads=heads)


class PlanForm(forms.ModelForm):
    """How the group travels, and the papers of its checklist that are ready."""

    transport = forms.ChoiceField(
        label=_("How do you travel"), choices=Outing.Transport.choices, widget=forms.RadioSelect
    )
    vehicles = forms.IntegerField(label=_("Number of vehicles"), min_value=0, max_value=200, required=False)
    meets_at = Time(label=_("Time of meeting"))
    returns_at = Time(label=_("Back at school"))
    meeting_place = forms.CharField(label=_("Meeting point"), max_length=60)
    phone = forms.CharField(label=_("Telephone during the outing"), max_length=20, required=False, validators=[PHONE])
    papers = forms.MultipleChoiceField(
        label=_("Ready papers"), choices=Outing.Paper.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Outing
        fields = ("transport", "vehicles", "carrier", "drivers", "meets_at", "meeting_place", "returns_at",
                  "answer_by", "phone", "note")  # fmt: skip
        labels = {
            "carrier": _("Carrier"),
            "drivers": _("Number plates and drivers"),
            "answer_by": _("Guardians answer by"),
            "note": _("Note for the school's lead"),
        }
        widgets = {"answer_by": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}

    def clean_answer_by(self) -> dt.datetime | None:
        moment: dt.datetime | None = self.cleaned_data["answer_by"]
        if moment and not 2000 <= moment.year < 2100:  # a slip of the finger, and no row could be read with it
            raise forms.ValidationError(self.fields["answer_by"].error_messages["invalid"])
        return moment

    def clean_vehicles(self) -> int:
        return self.cleaned_data.get("vehicles") or 0

    def planned(self) -> dict[str, Any]:
        """Keywords of `outings.plan`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields} | {"papers": self.cleaned_data["papers"]}


class ReturnForm(forms.Form):
    """去程 43 人，返程 43 人."""

    out_heads = forms.IntegerField(label=_("Pupils who went"), min_value=0, max_value=MOST_HEADS)
    back_heads = forms.IntegerField(label=_("Pupils who came back with the group"), min_value=0, max_value=MOST_HEADS)
    incident = forms.CharField(
        label=pgettext_lazy("outing", "What happened"),
        help_text=_("Only if something happened or somebody did not come back with the group. No names, please."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
