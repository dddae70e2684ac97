"""Forms of an agreement's text: another version of it with its terms, the district's templates, a party's own words."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.agreement_versions import Enclosed, File, Terms
from partnerships.models import Agreement, AgreementParty, AgreementVersion, Commitment, School, Term
from partnerships.promises import Promise

from .fields import DAY, Day

BLANK_ROWS = 2
LONGEST = 30_000  # characters of a text


class Files(forms.FileField):
    """Several files at once."""

    class Input(forms.FileInput):
        allow_multiple_selected = True

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=self.Input(attrs={"accept": "application/pdf,.pdf"}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(Files, self).clean(one, initial) for one in data or []]


class PromiseRow(forms.Form):
    """One promise; a row without a number is none."""

    party = forms.TypedChoiceField(label=_("Who promises"), coerce=int)
    term = forms.TypedChoiceField(label=_("Term"), coerce=int)
    kind = forms.ChoiceField(label=pgettext_lazy("promise", "What"), choices=Commitment.Kind.choices)
    promised = forms.IntegerField(
        label=pgettext_lazy("amount", "Number"), required=False, min_value=0, max_value=1_000_000
    )
    is_ceiling = forms.BooleanField(label=_("at most"), required=False)

    def __init__(self, *args: Any, parties: list[AgreementParty], terms: list[Term], **options: Any) -> None:
        super().__init__(*args, **options)
        self.terms = {term.pk: term for term in terms}
        self.fields["party"].choices = [
            (party.organisation_id, f"{party.seat} {party.organisation.name}") for party in parties
        ]
        self.fields["term"].choices = [(term.pk, term.name) for term in terms]

    def promise(self) -> Promise | None:
        given = self.cleaned_data
        if not given.get("promised"):
            return None
        term = self.terms[given["term"]]
        return Promise(given["party"], term, given["kind"], given["promised"], given["is_ceiling"])


class PromiseRows(forms.BaseFormSet):
    """What every party promises, a row each, and some rows to write more into."""

    def clean(self) -> None:
        super().clean()
        told = [form.promise() for form in self.forms if form.is_valid()]
        keys = [(one.organisation_id, one.term.pk, one.kind) for one in told if one]
        if len(keys) != len(set(keys)):
            raise forms.ValidationError(_("One party promises one number of a kind for a term. Put the rows together."))

    def promises(self) -> list[Promise]:
        return [one for form in self.forms if (one := form.promise())]


def promise_rows(data: Any, agreement: Agreement, terms: Terms) -> PromiseRows:
    """The rows of an agreement, filled from its terms; terms of school that are over are left to those that use them."""
    parties = list(agreement.parties.present().select_related("organisation"))
    used = {one.term.pk for one in terms.promises}
    open_terms = [
        term
        for term in Term.objects.filter(district_id=agreement.district_id).order_by("starts_on")
        if term.pk in used or (term.ends_on > terms.starts_on and term.starts_on < terms.ends_on)
    ]
    rows = [
        {
            "party": one.organisation_id,
            "term": one.term.pk,
            "kind": one.kind,
            "promised": one.promised,
            "is_ceiling": one.is_ceiling,
        }
        for one in terms.promises
    ]
    made = forms.formset_factory(PromiseRow, formset=PromiseRows, extra=BLANK_ROWS if open_terms else 0, max_num=60)
    return made(data, prefix="promises", initial=rows, form_kwargs={"parties": parties, "terms": open_terms})


class JoiningForm(forms.Form):
    """The schools that a supplement takes into its agreement."""

    schools = forms.ModelMultipleChoiceField(
        label=_("Schools"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, candidates: QuerySet[School], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["schools"].queryset = candidates


class TextForm(forms.Form):
    """Another version: title, terms, text, and what is enclosed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=120)
    areas = forms.MultipleChoiceField(
        label=_("Cooperation areas"), choices=Agreement.Area.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_on = Day(label=_("First day"))
    last_day = Day(label=_("Last day"))
    witness = forms.CharField(label=_("Convener (witness)"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 18}),
        required=False,
        help_text=_("One clause a paragraph, in Chinese."),
    )
    final = forms.FileField(
        label=_("Final text as a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=_(
            "A PDF of at most 10 MB. It counts together with the text above; leave that empty if it says it all."
        ),
    )
    drops_final = forms.BooleanField(label=_("Take the file with the final text out"), required=False)
    annexes = Files(
        label=_("Add annexes"),
        required=False,
        help_text=_("PDF files of at most 10 MB each; the file's name is the title."),
    )
    dropped = forms.MultipleChoiceField(
        label=_("Take annexes out"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("What you changed, and why"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, before: AgreementVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        annexes = [(str(annex.pk), annex.title) for annex in before.annexes.all()]
        self.fields["dropped"].choices = annexes
        self.has_annexes, self.has_final = bool(annexes), before.scan_id is not None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("starts_on") and cleaned.get("last_day") and cleaned["last_day"] <= cleaned["starts_on"]:
            self.add_error("last_day", _("The last day lies before the first."))
        has_file = cleaned.get("final") or (self.has_final and not cleaned.get("drops_final"))
        if not cleaned.get("text", "").strip() and not has_file:
            self.add_error("text", _("Write the text, or add it as a file."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        """The terms by name, as verbs take them."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "areas": given["areas"],
            "witness": given["witness"],
            "starts_on": given["starts_on"],
            "ends_on": given["last_day"] + DAY,
        }

    def enclosed(self) -> Enclosed:
        given = self.cleaned_data
        return Enclosed(
            final=_read(given["final"]) if given.get("final") else None,
            drops_final=given.get("drops_final", False),
            added=tuple(_read(file) for file in given["annexes"]),
            dropped=frozenset(int(key) for key in given.get("dropped", ())),
        )


def _read(file: UploadedFile) -> File:
    return File(file.name or "", file.read())


class TemplateForm(forms.Form):
    """A district's template."""

    name = forms.CharField(label=_("Name of the template"), max_length=60)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text=_("One clause a paragraph, in Chinese. What stands in 【】 is filled from the draft."),
    )


class PartyForm(forms.ModelForm):
    """How the party introduces itself."""

    class Meta:
        model = AgreementParty
        fields = ("representative", "contact", "phone")
