"""One session, or a weekly series of them."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities import sessions
from activities.models import Programme, Session
from partnerships.models import CalendarDay, Hall
from portal.lib.days import ORDINARY


def day_field(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=ORDINARY, **more)


def time_field(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **more)


class PlacesForm(forms.Form):
    """What a session and a series have in common."""

    hall = forms.ModelChoiceField(label=_("Hall"), queryset=Hall.objects.none(), required=False, empty_label=_("none"))
    audience = forms.ChoiceField(label=_("Audience"), choices=Session.Audience.choices)
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=5000)
    unit = forms.ChoiceField(label=_("Places count"), choices=Session.Unit.choices)
    held_back = forms.IntegerField(
        label=_("Held back for rural and supported schools"), min_value=0, max_value=5000, required=False, initial=0
    )

    guide = forms.CharField(label=_("Guide"), max_length=40, required=False)
    channel = forms.CharField(
        label=_("Where families book"),
        max_length=120,
        required=False,
        help_text=_("For a family session that is only announced here: where families book it."),
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = Hall.objects.filter(venue_id=programme.provider_id)
        self.fields["capacity"].initial = programme.capacity

    def places(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "hall": data["hall"],
            "audience": data["audience"],
            "capacity": data["capacity"],
            "unit": data["unit"],
            "held_back": data.get("held_back") or 0,
            "guide": data["guide"],
            "channel": data["channel"],
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("held_back") or 0) > data.get("capacity", 0) > 0:
            self.add_error("held_back", _("Not more than there are places."))
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        if data.get("channel") and data.get("audience") != Session.Audience.FAMILIES:
            self.add_error("channel", _("Only a family session is booked at the venue itself."))
        return data


class SessionForm(PlacesForm):
    day = day_field(pgettext_lazy("session", "Day"))
    starts = time_field(pgettext_lazy("time", "From"))
    ends = time_field(pgettext_lazy("time", "Until"))
    opens_on = day_field(_("Bookable from"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Schools whose booking changes read it.")
    )
    field_order = ["day", "starts", "ends", "hall", "audience", "capacity", "unit", "held_back", "opens_on"]

    def times(self) -> dict[str, dt.datetime]:
        data = self.cleaned_data
        return {
            "starts_at": sessions.moment(data["day"], data["starts"]),
            "ends_at": sessions.moment(data["day"], data["ends"]),
        }

    def details(self) -> dict[str, Any]:
        """Keywords of `sessions.create` and `sessions.edit`."""
        return self.places() | self.times() | {"opens_on": self.cleaned_data["opens_on"]}


class WeeklyForm(forms.Form):
    """The weekly rule of any series; `last_day` is the last day that may hold a date."""

    weekdays = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("series", "Weekdays"),
        coerce=int,
        choices=CalendarDay.Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    starts = time_field(pgettext_lazy("time", "From"))
    ends = time_field(pgettext_lazy("time", "Until"))
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        if data.get("starts_on") and data.get("last_day") and data["last_day"] < data["starts_on"]:
            self.add_error("last_day", _("The last day lies before the first."))
        return data

    def rule(self) -> dict[str, Any]:
        """Keywords of the verbs that make a series; the end is the first day after the last."""
        data = self.cleaned_data
        return {
            "weekdays": data["weekdays"],
            "starts_on": data["starts_on"],
            "ends_on": data["last_day"] + dt.timedelta(days=1),
            "starts": data["starts"],
            "ends": data["ends"],
        }


class SeriesForm(WeeklyForm, PlacesForm):
    """A venue's weekly series."""

    field_order = ["weekdays", "starts_on", "last_day", "starts", "ends", "hall", "audience", "capacity", "unit"]


class SeriesChangeForm(forms.Form):
    """New values for the coming dates of a series; what stays empty stays as it is."""

    starts = time_field(pgettext_lazy("time", "From"), required=False)
    ends = time_field(pgettext_lazy("time", "Until"), required=False)
    hall = forms.ModelChoiceField(
        label=_("Hall"), queryset=Hall.objects.none(), required=False, empty_label=_("unchanged")
    )
    guide = forms.CharField(label=_("Guide"), max_length=40, required=False)
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=5000, required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Schools whose booking changes read it.")
    )

    def __init__(self, *args: Any, provider_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = Hall.objects.filter(venue_id=provider_id)

    def values_for(self, session: Session) -> dict[str, Any]:
        """Keywords for one date: only what is given and different."""
        data = self.cleaned_data
        given = {name: data[name] for name in ("hall", "guide", "capacity") if data.get(name)}
        for name, field in (("starts", "starts_at"), ("ends", "ends_at")):
            if data.get(name):
                given[field] = sessions.moment(session.day, data[name])
        return {name: value for name, value in given.items() if value != getattr(session, name)}
