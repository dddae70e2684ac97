"""Everything that a booking asks for beside the group."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from activities.forms.group import GroupForm
from partnerships.models import School
from people.models import Membership
from portal.lib import wording

PHONE = RegexValidator(r"^[0-9+\- ]{5,20}$", _("A telephone number has digits, spaces and hyphens only."))


class LeaderChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        name = obj.user.full_name or obj.user.username
        return wording.listed([name, str(obj.get_role_display())])


class BookingForm(GroupForm):
    leader = LeaderChoice(label=_("Leader of the group"), queryset=Membership.objects.none(), empty_label=None)
    phone = forms.CharField(label=_("Contact phone"), max_length=20, required=False, validators=[PHONE])
    step_free = forms.IntegerField(
        label=_("People who need a step-free way"), min_value=0, max_value=200, required=False, initial=0
    )
    note = forms.CharField(
        label=_("Note for the venue"),
        help_text=_("Nothing about anybody's health, please."),
        max_length=200,
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    smallest = forms.IntegerField(required=False, min_value=1, max_value=2000)  # of the waiting list
    may_split = forms.BooleanField(required=False)

    def __init__(self, *args: Any, school: School, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, school=school, day=day, **kwargs)
        self.fields["leader"].queryset = leaders(school)
        self.fields["adults"].required = True

    def details(self) -> dict[str, Any]:
        """Keywords of `bookings.request` beside the group."""
        data = self.cleaned_data
        return {
            "leader": data["leader"],
            "phone": data["phone"],
            "step_free": data.get("step_free") or 0,
            "note": data["note"],
            "request_key": data["request_key"],
        }

    def waiting(self) -> dict[str, Any]:
        """Keywords of `waitlist.join` beside the group."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("leader", "phone", "request_key", "may_split")}
        return kept | {"smallest": data.get("smallest") or 0}


def leaders(school: School):
    """Who may lead a group of the school: everybody with a hat there today."""
    return (
        Membership.objects.active()
        .filter(organisation_id=school.pk)
        .select_related("user")
        .order_by("user__full_name", "pk")
        .distinct()
    )
