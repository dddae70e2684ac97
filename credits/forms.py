"""What people type about credits: which term, and the numbers of a rule."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from credits.models import CreditRule
from partnerships.models import Term

GRADES = [(grade, str(grade)) for grade in range(1, 13)]
AMOUNTS = ("points", "cap_year", "cap_term", "cap_venue")


class TermForm(forms.Form):
    """The filter bar of every list of credits."""

    term = forms.ChoiceField(label=_("Term"), required=False)

    def __init__(self, terms: list[Term], chosen: Term | None) -> None:
        super().__init__({"term": str(chosen.pk) if chosen else ""})
        self.fields["term"].choices = [(str(term.pk), term.name) for term in terms]

    @property
    def has_choice(self) -> bool:
        """A bar with one term to choose from is left out."""
        return len(self.fields["term"].choices) > 1


class RuleForm(forms.Form):
    """The next version of one rule. Points are typed as points, kept as thousandths."""

    starts_on = forms.DateField(
        label=_("in force from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Tomorrow at the earliest."),
    )
    points = forms.DecimalField(label=_("points"), min_value=0, max_digits=6, decimal_places=3)
    cap_year = forms.DecimalField(
        label=_("cap a school year"), required=False, min_value=Decimal("0.001"), max_digits=6, decimal_places=3
    )
    cap_term = forms.DecimalField(
        label=_("cap a term"), required=False, min_value=Decimal("0.001"), max_digits=6, decimal_places=3
    )
    cap_venue = forms.DecimalField(
        label=_("cap a school year at one venue"),
        required=False,
        min_value=Decimal("0.001"),
        max_digits=6,
        decimal_places=3,
    )
    minutes = forms.IntegerField(label=_("minutes at least"), min_value=0, max_value=1440)
    grades = forms.TypedMultipleChoiceField(
        label=_("eligible grades"), coerce=int, choices=GRADES, widget=forms.CheckboxSelectMultiple
    )
    needs_task_sheet = forms.BooleanField(label=_("task sheet needed"), required=False)
    once_a_programme = forms.BooleanField(label=_("never the same programme twice"), required=False)

    @classmethod
    def starting_from(cls, rule: CreditRule) -> "RuleForm":
        """Filled with the latest version; the day is left open."""
        initial = {name: getattr(rule, name) for name in cls.base_fields if name != "starts_on"}
        for name in AMOUNTS:
            if initial[name] is not None:
                initial[name] = (Decimal(initial[name]) / 1000).normalize().__format__("f")
        return cls(initial=initial)

    def values(self) -> dict:
        """As the verb takes them, in thousandths."""
        values = dict(self.cleaned_data)
        for name in AMOUNTS:
            if values[name] is not None:
                values[name] = int(values[name] * 1000)
        return values
