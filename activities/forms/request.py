"""点单: for which group, at which one to three times, once or every week, and where in the school."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.forms.booking import PHONE, LeaderChoice, leaders
from activities.forms.group import GroupForm
from activities.forms.session import day_field, time_field
from activities.models import Programme, Request
from activities.models.price import PriceKind
from activities.models.request import MOST_TIMES
from activities.proposals import Wanted, Where, places
from partnerships.models import Hall, School
from people.models import Membership
from portal.lib import clock

NUMBERS = range(1, MOST_TIMES + 1)
ONLINE = "online"
FORMS = [
    ("", _("Choose …")),
    *(
        choice
        for choice in Programme.Form.choices
        if choice[0] not in (Programme.Form.TRAINING, Programme.Form.EXHIBITION)
    ),
]


def halls_of(request: Request) -> QuerySet[Hall]:
    """The halls to choose from: of the venue that is asked, where it takes place there."""
    return Hall.objects.filter(venue=request.provider_id if request.place_id == request.provider_id else None)


class TimesForm(forms.Form):
    """One to three times: day and beginning; the end follows from the length of the programme, if there is one yet."""

    def __init__(self, *args: Any, programme: Programme | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        for number in NUMBERS:
            self.fields[f"day_{number}"] = day_field(pgettext_lazy("session", "Day"), required=number == 1)
            self.fields[f"starts_{number}"] = time_field(pgettext_lazy("time", "Begins at"), required=number == 1)

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each time, as the page draws them."""
        return [
            {"number": number, "day": self[f"day_{number}"], "starts": self[f"starts_{number}"]} for number in NUMBERS
        ]

    def length(self) -> dt.timedelta:
        assert self.programme
        return dt.timedelta(minutes=self.programme.minutes)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in NUMBERS:
            if bool(data.get(f"day_{number}")) != bool(data.get(f"starts_{number}")) and not self.errors:
                self.add_error(f"starts_{number}", _("Say the day and when it begins."))
        return data

    def times(self, *, is_weekly: bool, weekdays: tuple[int, ...] = ()) -> list[Wanted]:
        """What `requests.ask` and `requests.propose` take; `weekdays` are kept where the first date is on one of them."""
        found = []
        for number in NUMBERS:
            if day := self.cleaned_data.get(f"day_{number}"):
                starts_at = clock.moment(day, self.cleaned_data[f"starts_{number}"])
                own = weekdays if day.isoweekday() in weekdays else (day.isoweekday(),)
                found.append(Wanted(starts_at, starts_at + self.length(), own if is_weekly else ()))
        return found


class RequestForm(GroupForm, TimesForm):
    weekly = forms.BooleanField(
        label=_("Every week from the first date on"),
        help_text=_("For one activity group or one class; holidays are left out."),
        required=False,
    )
    last_day = day_field(_("Last day"), required=False)
    room = forms.CharField(label=_("Room in the school"), max_length=80, required=False)
    leader = LeaderChoice(label=_("Leader of the group"), queryset=Membership.objects.none(), empty_label=None)
    phone = forms.CharField(label=_("Contact phone"), max_length=20, required=False, validators=[PHONE])
    note = forms.CharField(
        label=_("What you would like"),
        help_text=_("Nothing about anybody's health, please."),
        max_length=200,
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, school: School, day: dt.date, programme: Programme | None, **kwargs: Any) -> None:
        super().__init__(*args, school=school, day=day, programme=programme, **kwargs)
        self.fields["leader"].queryset = leaders(school)
        self.fields["adults"].required = True
        self.fields["adults"].initial = 1

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("weekly") and not data.get("last_day"):
            self.add_error("last_day", _("Say until when it goes on every week."))
        return data

    def details(self) -> dict[str, Any]:
        """Keywords of `requests.ask` beside the group."""
        data = self.cleaned_data
        return {
            "times": self.times(is_weekly=data["weekly"]),
            "last_day": data["last_day"] if data["weekly"] else None,
            **{name: data[name] for name in ("leader", "request_key", "room", "phone", "note")},
        }


class CounselorRequestForm(RequestForm):
    """A counselor is asked to give one of the school's own programmes, or a topic that is named here."""

    programme = forms.ModelChoiceField(
        label=_("Programme of your school"),
        queryset=Programme.objects.none(),
        required=False,
        empty_label=_("A new topic"),
    )
    topic = forms.CharField(label=_("Name of the topic"), max_length=80, required=False)
    form = forms.ChoiceField(label=_("Form"), choices=FORMS, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=480, initial=45, required=False)
    is_online = forms.BooleanField(label=_("Online, not in the school"), required=False)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, school=school, programme=None, **kwargs)
        own = Programme.objects.published().filter(provider=school.pk)
        self.fields["programme"].queryset = own.exclude(form=Programme.Form.TRAINING).order_by("name_zh")

    def length(self) -> dt.timedelta:
        data = self.cleaned_data
        return dt.timedelta(minutes=data["programme"].minutes if data["programme"] else data["minutes"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("programme"):
            for name in ("topic", "form", "minutes"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Choose a programme of your school, or describe the new topic."))
        return data

    def new_programme(self) -> dict[str, Any]:
        """Keywords of `programmes.own` for a new topic."""
        data = self.cleaned_data
        direction = Programme.Direction.ONLINE if data["is_online"] else Programme.Direction.BRING_IN
        return {
            "name_zh": data["topic"], "form": data["form"], "direction": direction, "minutes": data["minutes"],
            "price_kind": PriceKind.FREE,
        }  # fmt: skip


class ProposalForm(TimesForm):
    """Other times, and another place, by whichever side's turn it is."""

    place = forms.ChoiceField(label=_("Where"))
    room = forms.CharField(label=_("Room in the school"), max_length=80, required=False)
    hall = forms.ModelChoiceField(label=_("Hall"), queryset=Hall.objects.none(), required=False, empty_label=_("none"))
    answer = forms.CharField(label=_("What you would like to say"), max_length=200, required=False)

    def __init__(self, *args: Any, request: Request, is_host: bool, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, programme=request.programme, **kwargs)
        self.places = {str(place.pk) if place else ONLINE: place for place in places(request)}
        self.fields["place"].choices = [
            (key, place.name if place else _("online")) for key, place in self.places.items()
        ]
        self.fields["place"].initial = str(request.place_id or ONLINE)
        self.fields["room"].initial = request.room
        if is_host and not request.is_of_counselor:
            self.fields["hall"].queryset = Hall.objects.filter(venue=request.provider_id)
            self.fields["hall"].initial = request.hall_id
        else:
            del self.fields["hall"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("hall") and data.get("place") != str(self.request.provider_id):
            self.add_error("hall", _("A hall goes with the venue as the place."))
        return data

    def length(self) -> dt.timedelta:
        return self.request.length

    def place_fields(self) -> list[Any]:
        return [self[name] for name in ("place", "room", "hall") if name in self.fields]

    def wanted(self) -> list[Wanted]:
        weekdays = tuple(self.request.proposed[0].weekdays)
        return self.times(is_weekly=self.request.is_weekly, weekdays=weekdays)

    def where(self) -> Where:
        """The place that is proposed; a school that leaves it at the venue leaves the hall, too."""
        data = self.cleaned_data
        place = self.places[data["place"]]
        is_at_school = place == self.request.school.organisation
        hall = data.get("hall") if "hall" in self.fields or place != self.request.provider else self.request.hall
        return Where(place, data["room"] if is_at_school else "", hall)


class AcceptForm(forms.Form):
    """Which of the times, in which hall of the venue, and the dates of a weekly request that stay ticked."""

    time = forms.ModelChoiceField(queryset=None)
    hall = forms.ModelChoiceField(label=_("Hall"), queryset=Hall.objects.none(), required=False, empty_label=_("none"))
    keep = forms.TypedMultipleChoiceField(coerce=dt.date.fromisoformat, required=False)

    def __init__(self, *args: Any, request: Request, dates: list[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dates = dates
        self.fields["time"].queryset = request.times.filter(round=request.round)
        self.fields["hall"].queryset = halls_of(request)
        self.fields["keep"].choices = [(day.isoformat(), day) for day in dates]

    @property
    def dropped(self) -> set[dt.date]:
        return set(self.dates) - set(self.cleaned_data["keep"])
