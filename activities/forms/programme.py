"""The catalogue entry, as its provider writes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import Programme
from activities.models.campaign import Campaign
from activities.models.price import PriceKind
from activities.models.programme import GRADES

CATEGORIES = [
    ("", _("no credit")),
    ("EXP", _("EXP: experiment")),
    ("VIS", _("VIS: venue visit")),
    ("LEC", _("LEC: report or lecture")),
    ("CLB", _("CLB: club")),
    ("FES", _("FES: science festival")),
    ("RES", _("RES: project research")),
    ("ONL", _("ONL: online course")),
    ("TRN", _("TRN: study trip")),
]


class ProgrammeForm(forms.ModelForm):
    grades = forms.TypedMultipleChoiceField(
        label=_("Grades"),
        coerce=int,
        choices=[(grade, grade) for grade in GRADES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    campaigns = forms.MultipleChoiceField(
        label=_("Campaigns"), choices=Campaign.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    category = forms.ChoiceField(label=_("Credit category"), choices=CATEGORIES, required=False)

    class Meta:
        model = Programme
        fields = [
            "name_zh",
            "name_en",
            "summary_zh",
            "summary_en",
            "form",
            "direction",
            "theme",
            "mode",
            "hands_on",
            "campaigns",
            "category",
            "grades",
            "minutes",
            "capacity",
            "price_kind",
            "list_price",
            "paid_price",
            "confirmation",
            "needs_task_sheet",
            "materials",
            "safety",
            "open_to_all",
        ]
        widgets = {
            "summary_zh": forms.Textarea(attrs={"rows": 4}),
            "summary_en": forms.Textarea(attrs={"rows": 3}),
            "materials": forms.Textarea(attrs={"rows": 2}),
            "safety": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in (("minutes", 1440), ("capacity", 5000)):
            self.fields[name].min_value = 1
            self.fields[name].widget.attrs |= {"min": 1, "max": most}
        self.fields["hands_on"].min_value = 0
        self.fields["hands_on"].widget.attrs |= {"min": 0, "max": 100}
        for name in ("form", "direction", "theme", "mode"):
            named = [choice for choice in self.fields[name].choices if choice[0]]
            self.fields[name].choices = [("", _("Choose …")), *named]
        for name in ("list_price", "paid_price"):
            self.fields[name].required = False
            self.fields[name].widget.attrs |= {"min": 0, "step": "0.5"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("list_price", "paid_price"):
            data[name] = data.get(name) or 0
        if data.get("price_kind") == PriceKind.FREE:
            data["paid_price"] = 0
        if data.get("price_kind") == PriceKind.PAID and not data["paid_price"]:
            data["paid_price"] = data["list_price"]
        return data
