"""What the catalogue is narrowed by."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from activities.models import Programme, Session
from activities.models.campaign import Campaign
from activities.models.field import Field
from activities.models.price import PriceKind
from activities.models.programme import GRADES
from partnerships.models import CalendarDay, School
from people.thresholds import Values

ANY = ("", _("any"))
SHARES = [30, 50, 67]  # per cent of the time in which pupils do something themselves
NEAR = [3, 5, 10, 20, 30]  # kilometres by road that one may choose


class FilterForm(forms.Form):
    """Every value stands in the address; an invalid one narrows nothing."""

    words = forms.CharField(
        label=_("Words"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    theme = forms.ChoiceField(label=_("Theme"), required=False, choices=[ANY, *Field.choices])
    form = forms.ChoiceField(label=_("Form"), required=False, choices=[ANY, *Programme.Form.choices])
    price = forms.ChoiceField(label=_("Price"), required=False, choices=[ANY, *PriceKind.choices])
    direction = forms.ChoiceField(
        label=pgettext_lazy("direction", "Where"), required=False, choices=[ANY, *Programme.Direction.choices]
    )
    audience = forms.ChoiceField(label=_("Audience"), required=False, choices=[ANY, *Session.Audience.choices])
    grade = forms.TypedChoiceField(
        label=_("Grade"), required=False, coerce=int, choices=[ANY, *((grade, grade) for grade in GRADES)]
    )
    campaign = forms.ChoiceField(label=_("Campaign"), required=False, choices=[ANY, *Campaign.choices])
    hands_on = forms.TypedChoiceField(
        label=_("Hands-on share"),
        required=False,
        coerce=int,
        choices=lambda: [ANY, *((share, gettext("at least %(n)s %%") % {"n": share}) for share in SHARES)],
    )
    weekday = forms.TypedChoiceField(
        label=pgettext_lazy("catalogue", "Weekday"),
        required=False,
        coerce=int,
        choices=[ANY, *CalendarDay.Weekday.choices],
    )
    near = forms.TypedChoiceField(
        label=_("At most so far away"),
        required=False,
        coerce=int,
        choices=lambda: [ANY, *((km, gettext("%(n)s km") % {"n": km}) for km in NEAR)],  # in the reader's language
    )
    step_free = forms.BooleanField(label=_("With a wheelchair"), required=False)

    ALWAYS = ("words", "theme", "form", "price")
    LOOKUPS = {
        "theme": "programme__theme",
        "form": "programme__form",
        "direction": "programme__direction",
        "price": "price_kind",
        "audience": "audience",
        "hands_on": "programme__hands_on__gte",
        "weekday": "starts_at__iso_week_day",
    }

    def __init__(self, *args: Any, has_position: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_position:
            del self.fields["near"]
        self.full_clean()

    def first(self) -> list[Any]:
        """The fields that stand in sight."""
        return [self[name] for name in self.ALWAYS]

    def more(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in self.ALWAYS]

    @property
    def given(self) -> list[str]:
        """The names of what narrows the list."""
        return [name for name, value in getattr(self, "cleaned_data", {}).items() if value]

    @property
    def more_given(self) -> int:
        return len([name for name in self.given if name not in self.ALWAYS])

    def narrow(self, rows: QuerySet, *, school: School | None = None, values: Values | None = None) -> QuerySet:
        """Apply what is given; how far away a session is depends on the reader's school and the district's numbers."""
        data = {name: self.cleaned_data[name] for name in self.given}
        rows = rows.filter(**{lookup: data[name] for name, lookup in self.LOOKUPS.items() if name in data})
        if "grade" in data:
            rows = rows.filter(Q(programme__grades__contains=[data["grade"]]) | Q(programme__grades=[]))
        if "campaign" in data:
            rows = rows.filter(programme__campaigns__contains=[data["campaign"]])
        if "step_free" in data:
            rows = rows.step_free()
        if "near" in data and school and values:
            rows = rows.within(data["near"] * 1000, of=school, values=values)
        for word in data.get("words", "").split():
            rows = rows.filter(
                Q(programme__name_zh__icontains=word)
                | Q(programme__name_en__icontains=word)
                | Q(provider__name_zh__icontains=word)
                | Q(provider__name_en__icontains=word)
            )
        return rows
