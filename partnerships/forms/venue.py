"""Forms of venues: facts, halls, rules for groups, titles, reviews."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import BookingRules, Hall, Recognition, Review, Venue
from people.models import District
from portal.lib import clock

from .fields import DAY, CreditCode, Day, Named, Place, Weekdays, place_of


class VenueForm(forms.ModelForm):
    """What the venue says about itself: for visitors, and for the registration of a base."""

    closing_weekdays = Weekdays(label=_("Closing days"), required=False)
    facilities = forms.MultipleChoiceField(
        label=_("For school groups"),
        choices=Venue.Facility.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    position = Place()
    credit_code = CreditCode()

    class Meta:
        model = Venue
        fields = [
            "kind", "national_class", "address", "opening_hours", "closing_weekdays", "contact_phone", "facilities",
            "coach_places", "lunch_places", "group_entrance", "applicant", "building_area", "display_area",
            "full_time_staff", "part_time_staff", "visits_per_year", "open_days_per_year", "spending", "remark",
        ]  # fmt: skip

    field_order = [
        "kind", "national_class", "address", "position", "opening_hours", "closing_weekdays", "contact_phone",
        "facilities", "coach_places", "lunch_places", "group_entrance", "applicant", "credit_code",
    ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].initial = place_of(self.instance)
        self.fields["credit_code"].initial = self.instance.organisation.credit_code

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of `venues.change`."""
        facts = dict(self.cleaned_data)
        return facts | self.instance.placed(facts.pop("position"))


class HallForm(forms.ModelForm):
    is_step_free = forms.NullBooleanField(
        label=_("Reached without steps"),
        required=False,
        widget=forms.Select(choices=[("unknown", _("not collected")), ("true", _("yes")), ("false", _("no"))]),
    )

    class Meta:
        model = Hall
        fields = ["name", "heads", "is_step_free"]


class RulesForm(forms.ModelForm):
    """New rules; they start tomorrow at the earliest, so that nothing booked for today changes."""

    starts_on = Day(label=_("In force from"))
    weekdays = Weekdays(label=_("Weekdays on which groups come"))

    class Meta:
        model = BookingRules
        fields = [
            "starts_on", "smallest_group", "largest_group", "lead_days", "ahead_days", "weekdays",
            "groups_per_half_day", "groups_per_day", "heads_per_half_day", "heads_per_day", "visits_a_year",
            "pupils_of_a_class", "pupils_per_adult", "preschool_per_adult", "free_cancel_hours", "late_grace_minutes",
            "closed_on_holidays", "needs_real_names", "reason",
        ]  # fmt: skip


class RecognitionForm(forms.ModelForm):
    """A title; dates that are not known stay empty."""

    starts_on = Day(label=_("Valid from"), required=False)
    last_day = Day(label=_("Valid until"), required=False)

    class Meta:
        model = Recognition
        fields = ["title", "level", "issuer", "starts_on"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["title"]
            self.fields["last_day"].initial = self.instance.last_day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts_on, last_day = cleaned.get("starts_on"), cleaned.get("last_day")
        if starts_on and last_day and last_day < starts_on:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of `recognitions.add` and `change`."""
        given = dict(self.cleaned_data)
        last_day: dt.date | None = given.pop("last_day", None)
        return given | {"ends_on": last_day + DAY if last_day else None}


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Review.Verdict.APPROVE, pgettext_lazy("listing", "approve")),
            (Review.Verdict.RETURN, pgettext_lazy("listing", "return for completion")),
            (Review.Verdict.REFUSE, pgettext_lazy("listing", "do not approve")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=pgettext_lazy("review", "Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class ApplyForm(forms.Form):
    """A venue asks a district to list it."""

    district = Named(District.objects.none(), label=_("District"))

    def __init__(self, *args: Any, districts: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["district"].queryset = districts


def tomorrow() -> dt.date:
    return clock.today() + DAY
