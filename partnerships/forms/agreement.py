"""Forms of agreements: what a draft and a registered paper share, a counter-proposal, a signature, a return."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships import thresholds
from partnerships.models import Agreement, AgreementTemplate, Commitment, School, Term, Venue
from partnerships.promises import Promise
from people.actors import Actor
from people.models import District
from portal.lib import clock

from .fields import DAY, Day, Named, SeveralNamed

KINDS = Commitment.Kind


class Promises(forms.Form):
    """What the venue promises for each chosen term; an empty number is no promise."""

    terms = SeveralNamed(Term.objects.none(), label=_("Terms"), required=False)

    def __init__(self, *args: Any, district_ids: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["terms"].queryset = Term.objects.filter(district__in=district_ids, ends_on__gt=clock.today())
        for kind in KINDS:
            self.fields[f"promise_{kind}"] = forms.IntegerField(
                label=kind.label, required=False, min_value=1, max_value=1_000_000
            )

    ceilings = forms.MultipleChoiceField(
        label=_("At most that many"),
        choices=KINDS.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A number that is not ticked is the least that is promised."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if any(cleaned.get(f"promise_{kind}") for kind in KINDS) and not cleaned.get("terms"):
            self.add_error("terms", _("Choose the terms that the numbers are for."))
        return cleaned

    def promises(self, venue_id: int) -> list[Promise]:
        given = self.cleaned_data
        return [
            Promise(venue_id, term, kind, given[f"promise_{kind}"], kind in given["ceilings"])
            for term in given["terms"]
            for kind in KINDS
            if given.get(f"promise_{kind}")
        ]

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[f"promise_{kind}"] for kind in KINDS]


class AgreementForm(Promises):
    """Sides, title, areas and dates. The last day is read as people mean it: it still counts."""

    venue = Named(Venue.objects.none(), label=_("Venue"))
    schools = SeveralNamed(School.objects.none(), label=_("Schools"))
    title = forms.CharField(label=_("Title"), max_length=120)
    areas = forms.MultipleChoiceField(
        label=_("Cooperation areas"), choices=Agreement.Area.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_on = Day(label=_("First day"))
    last_day = Day(label=_("Last day"))
    witness = forms.CharField(
        label=_("Convener (witness)"),
        max_length=120,
        required=False,
        help_text=_("The body that brought the sides together, if there was one."),
    )
    template = forms.ModelChoiceField(
        AgreementTemplate.objects.none(),
        label=pgettext_lazy("agreement", "Template"),
        required=False,
        empty_label=_("the usual clauses (default, not policy)"),
        help_text=_("Sides, areas, dates and numbers are filled in; you can change every word afterwards."),
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One clause a paragraph, in Chinese. Left empty, it starts from the template."),
    )

    def __init__(self, *args: Any, actor: Actor, venues: Any, schools: Any, **options: Any) -> None:
        districts = list(schools.values_list("organisation__district", flat=True).distinct())
        super().__init__(*args, district_ids=districts, **options)
        self.fields["venue"].queryset = venues
        self.fields["schools"].queryset = schools.order_by("organisation__name_zh")
        templates = AgreementTemplate.objects.visible_to(actor).filter(district__in=districts).offered()
        self.fields["template"].queryset = templates
        self.has_templates = bool(templates)
        if venues.count() == 1:
            self.fields["venue"].initial = venues.first()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts_on, last_day = cleaned.get("starts_on"), cleaned.get("last_day")
        if starts_on and last_day and last_day <= starts_on:
            self.add_error("last_day", _("The last day lies before the first."))
        schools = cleaned.get("schools") or []
        for term in cleaned.get("terms") or []:  # a venue listed in two districts is offered the terms of both
            if schools and term.district_id != schools[0].district_id:
                self.add_error("terms", self.fields["terms"].error_messages["invalid_choice"] % {"value": term.name})
        return cleaned

    @property
    def district(self) -> District:
        return self.cleaned_data["schools"][0].organisation.district

    def terms_of_agreement(self) -> dict[str, Any]:
        """Keyword arguments that `agreements.draft` and `agreement_life.register` share."""
        given = self.cleaned_data
        return {
            "district": self.district,
            "schools": list(given["schools"]),
            "title": given["title"],
            "areas": given["areas"],
            "starts_on": given["starts_on"],
            "ends_on": given["last_day"] + DAY,
            "text": given["text"],
            "witness": given["witness"],
            "promises": self.promises(given["venue"].pk),
        }


class DraftForm(AgreementForm):
    """A new draft, from a template or from one's own text."""

    def terms_of_agreement(self) -> dict[str, Any]:
        return super().terms_of_agreement() | {"template": self.cleaned_data.get("template")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        template, schools = cleaned.get("template"), cleaned.get("schools")
        if template and schools and template.district_id != schools[0].district_id:
            self.add_error("template", _("Choose a template of the district of these schools."))
        return cleaned


class PaperForm(AgreementForm):
    """An agreement signed on paper, with its scan."""

    signed_on = Day(label=_("Signed on"))
    number = forms.CharField(
        label=_("Filing number"),
        max_length=40,
        required=False,
        help_text=_("Left empty, the next number of the year is given."),
    )
    scan = forms.FileField(label=_("Scan of the sealed original"), help_text=_("PDF, PNG or JPEG, at most 10 MB."))

    field_order = [
        "venue", "schools", "title", "number", "signed_on", "starts_on", "last_day", "areas", "witness", "scan",
    ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("template", None)
        self.fields["text"].help_text = _("One clause a paragraph, in Chinese, if you want to type it off the paper.")

    def clean_signed_on(self) -> dt.date:
        if self.cleaned_data["signed_on"] > clock.today():
            raise forms.ValidationError(_("The day of signing can't lie in the future."))
        return self.cleaned_data["signed_on"]


class SignForm(forms.Form):
    """Online, or by the scan of the sealed original; only the ways that the district counts are offered."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    how = forms.ChoiceField(label=_("How to sign"), widget=forms.RadioSelect)
    signer = forms.CharField(
        label=_("Signer"), max_length=60, required=False, help_text=_("Who signed the paper, with the title.")
    )
    scan = forms.FileField(
        label=_("Scan of the sealed original"), required=False, help_text=_("PDF, PNG or JPEG, at most 10 MB.")
    )

    def __init__(self, *args: Any, ways: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["how"].choices = [(way, label) for way, label in thresholds.SIGNING if way in ways]
        self.fields["how"].initial = ways[0]
        if "scan" not in ways:
            del self.fields["scan"], self.fields["signer"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("how") == "scan" and not cleaned.get("scan"):
            self.add_error("scan", _("Upload the scan of the sealed original."))
        return cleaned


class RenewForm(forms.Form):
    """The dates of a successor."""

    starts_on = Day(label=_("First day"))
    last_day = Day(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("starts_on") and cleaned.get("last_day") and cleaned["last_day"] <= cleaned["starts_on"]:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned
