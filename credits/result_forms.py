"""What people type about results and the white-list."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.models import Competition, Result
from credits.results import mentors_of
from partnerships.models import School
from people.models import Membership
from people.roles import Role
from portal.lib import clock

DAY = dt.timedelta(days=1)


def date_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class MentorField(forms.ModelChoiceField):
    """People of the school and its counselors, by name and what they are."""

    def label_from_instance(self, hat: Membership) -> str:
        return f"{hat.user.full_name or hat.user.username} · {Role(hat.role).label}"


class ResultForm(forms.Form):
    """One competition or project for any number of pupils of one class or club. `pupils` are (id, what they are called)."""

    evidence = forms.CharField(
        label=_("evidence"),
        max_length=200,
        help_text=_("A certificate number, the organiser's list, a report. No identity number, please."),
    )
    pupils = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("results", "Pupils"), coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pupils: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["pupils"]
        field.choices = pupils
        self.fields["happened_on"].widget.attrs["max"] = clock.today().isoformat()

    @classmethod
    def of(cls, kind: str, school: School, *args: Any, **kwargs: Any) -> "ResultForm":
        """The form of one kind."""
        form = ProjectResultForm if kind == Result.Kind.PROJECT else CompetitionResultForm
        return form(*args, school=school, **kwargs)


class CompetitionResultForm(ResultForm):
    competition = forms.ModelChoiceField(Competition.objects.none(), label=_("competition"))
    happened_on = date_field(_("day of the competition"))
    field_order = ["competition", "happened_on", "evidence", "pupils"]

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["competition"]
        field.queryset = Competition.objects.filter(district=school.district_id)


class ProjectResultForm(ResultForm):
    title = forms.CharField(label=_("title of the project"), max_length=120)
    mentor = MentorField(
        Membership.objects.none(),
        label=_("mentor"),
        help_text=_("Confirms first; somebody else at the school after that."),
    )
    happened_on = date_field(_("finished on"))
    field_order = ["title", "mentor", "happened_on", "evidence", "pupils"]

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mentor"]
        field.queryset = mentors_of(school).select_related("user").order_by("role", "user__full_name")


class CompetitionForm(forms.Form):
    """One line of the white-list. `last_day` is the last day on it."""

    name = forms.CharField(label=_("competition"), max_length=120)
    organisers = forms.CharField(label=_("organisers"), max_length=200, required=False)
    stages = forms.MultipleChoiceField(
        label=_("stages"), choices=Competition.Stage.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_on = date_field(_("valid from"))
    last_day = date_field(_("last day on the list"))

    @classmethod
    def starting_from(cls, competition: Competition) -> "CompetitionForm":
        names = ("name", "organisers", "stages", "starts_on", "last_day")
        return cls(initial={name: getattr(competition, name) for name in names})

    def values(self) -> dict[str, Any]:
        """As the verbs take them."""
        values = dict(self.cleaned_data)
        values["ends_on"] = values.pop("last_day") + DAY
        return values


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=200)


class ResultFilter(forms.Form):
    """The bar over the list of results."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("results", "Kind"), required=False, choices=[("", _("All")), *Result.Kind.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Result.State.choices])

    def narrowed(self, rows: Any) -> Any:
        """The rows that the reader asked for; a strange word asks for nothing special."""
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**wanted)
