"""A school's after-school series: whose programme, for which group, when, and who leads it."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.forms.booking import LeaderChoice, leaders
from activities.forms.programme import CATEGORIES
from activities.forms.session import WeeklyForm
from activities.models import Programme
from activities.models.price import PriceKind
from partnerships.models import ActivityGroup, School, SchoolClass
from people.actors import Actor
from people.models import Membership


class ProgrammeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Programme) -> str:
        return f"{obj.name} – {obj.provider.name}"


class ClassChoice(forms.ModelChoiceField):
    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        self.day = day
        super().__init__(*args, **kwargs)

    def label_from_instance(self, obj: SchoolClass) -> str:
        return obj.label(self.day)


class AfterSchoolForm(WeeklyForm):
    programme = ProgrammeChoice(
        label=_("Programme"),
        queryset=Programme.objects.none(),
        required=False,
        empty_label=_("A new one with our own teachers"),
        help_text=_("What the school gives with its own teachers needs neither venue nor agreement."),
    )
    own_name = forms.CharField(label=_("Name of the new programme"), max_length=80, required=False)
    own_summary = forms.CharField(
        label=_("What the pupils do"),
        help_text=_("Families read this on your school's public page."),
        max_length=300,
        required=False,
    )
    own_price = forms.DecimalField(
        label=_("Price for a pupil and date, yuan"),
        help_text=_("0 or empty: free."),
        min_value=0,
        max_digits=7,
        decimal_places=2,
        required=False,
    )
    own_category = forms.ChoiceField(label=_("Credit category"), choices=CATEGORIES, required=False)
    group = forms.ModelChoiceField(
        label=_("Activity group"), queryset=ActivityGroup.objects.none(), required=False, empty_label=_("none")
    )
    heads = forms.IntegerField(
        label=_("Pupils of the class"),
        help_text=_("Only for a class whose names are not in the portal."),
        min_value=1,
        max_value=200,
        required=False,
    )
    adults = forms.IntegerField(label=_("Accompanying adults"), min_value=0, max_value=50, initial=1)
    leader = LeaderChoice(label=_("Leader of the group"), queryset=Membership.objects.none(), empty_label=None)

    def __init__(self, *args: Any, school: School, actor: Actor, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Q(provider_id=school.pk)
        brought = ~Q(form=Programme.Form.TRAINING) & ~Q(provider__kind="school")
        self.fields["programme"].queryset = (
            Programme.objects.visible_to(actor).published().filter(own | brought).select_related("provider")
        )
        self.fields["group"].queryset = ActivityGroup.objects.filter(school=school).on(day)
        self.fields["school_class"] = ClassChoice(
            label=_("Or a whole class"),
            queryset=SchoolClass.objects.filter(school=school).studying(day).in_order(),
            required=False,
            empty_label=_("none"),
            day=day,
        )
        self.fields["leader"].queryset = leaders(school)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("programme") and not (data.get("own_name") or "").strip():
            self.add_error("own_name", _("Choose a programme above, or name the new one."))
        if bool(data.get("group")) == bool(data.get("school_class")):
            self.add_error("group", _("Choose either an activity group or a class."))
        return data

    def price(self) -> dict[str, Any]:
        """Fields of the price of a new programme."""
        if not (price := self.cleaned_data.get("own_price")):
            return {"price_kind": PriceKind.FREE}
        return {"price_kind": PriceKind.PAID, "list_price": price, "paid_price": price}

    def details(self) -> dict[str, Any]:
        """Keywords of `after_school.request` beside the programme."""
        data = self.cleaned_data
        return self.rule() | {
            "members": data["group"] or data["school_class"],
            "leader": data["leader"],
            "adults": data["adults"],
            "heads": data.get("heads") or 0,
            "request_key": data["request_key"],
        }
