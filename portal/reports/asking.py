"""From a reader and a URL to a scope: what they asked for, cut to what their hat may see."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnerships.models import School, Term, Venue
from people.actors import Actor
from portal.lib import clock
from portal.lib.days import ORDINARY
from portal.reports.scope import Scope


class Ask(forms.Form):
    """The filter of live figures. Offices choose a school or a venue; the others are bound to their own."""

    starts = forms.DateField(
        label=_("from"), required=False, validators=ORDINARY, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("until"), required=False, validators=ORDINARY, widget=forms.DateInput(attrs={"type": "date"})
    )
    school = forms.ModelChoiceField(School.objects.none(), label=_("School"), required=False, empty_label=_("all"))
    venue = forms.ModelChoiceField(Venue.objects.none(), label=_("Venue"), required=False, empty_label=_("all"))
    stage = forms.ChoiceField(label=_("stage"), required=False)
    street = forms.ChoiceField(label=_("street"), required=False)
    cluster = forms.ChoiceField(label=_("school cluster"), required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        if not actor.reads_district:
            for name in ("school", "venue", "stage", "street", "cluster"):
                del self.fields[name]
            return
        schools = School.objects.visible_to(actor)
        self.fields["school"].queryset = schools
        self.fields["venue"].queryset = Venue.objects.visible_to(actor)
        self.fields["stage"].choices = [("", _("all")), *School.Stage.choices]
        for name in ("street", "cluster"):
            known = schools.order_by(name).values_list(name, flat=True).distinct().exclude(**{name: ""})
            self.fields[name].choices = [("", _("all")), *((word, word) for word in known)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts") and given.get("until") and given["until"] < given["starts"]:
            self.add_error("until", _("The last day lies before the first one."))
        return given


def current_term(actor: Actor) -> Term | None:
    """The term of today, else the newest one that has begun; for a venue of any district that lists it."""
    begun = Term.objects.visible_to(actor).filter(starts_on__lte=clock.today())
    return begun.order_by("-starts_on", "pk").first()


def bounds(actor: Actor) -> tuple[dt.date, dt.date]:
    """First day and first day after, where the URL names none: the running term, else this calendar year."""
    term = current_term(actor)
    if term:
        return term.starts_on, term.ends_on
    year = clock.today().year
    return dt.date(year, 1, 1), dt.date(year + 1, 1, 1)


def scope_of(request: HttpRequest, term: Term | None = None) -> tuple[Scope, Ask]:
    """The scope that this reader asked for: days of the URL or of the term, organisations of the hat."""
    actor = request.actor
    ask = Ask(request.GET, actor=actor)
    given = ask.cleaned_data if ask.is_valid() else {}
    starts_on, ends_on = (term.starts_on, term.ends_on) if term else bounds(actor)
    if not term:
        starts_on = given.get("starts") or starts_on
        ends_on = given["until"] + dt.timedelta(days=1) if given.get("until") else max(ends_on, starts_on)
    if actor.reads_district:
        scope = Scope(
            starts_on,
            ends_on,
            district_id=actor.district_id,
            school_id=given["school"].pk if given.get("school") else None,
            venue_id=given["venue"].pk if given.get("venue") else None,
            stage=given.get("stage", ""),
            street=given.get("street", ""),
            cluster=given.get("cluster", ""),
        )
    elif actor.is_venue:
        scope = Scope(starts_on, ends_on, venue_id=actor.organisation_id)
    else:
        scope = Scope(starts_on, ends_on, district_id=actor.district_id, school_id=actor.organisation_id)
    return scope, ask
