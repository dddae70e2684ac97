"""What the directory of venues is asked: words, facets with what each would leave, where to measure from."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.directory import FACETS, Directory, Start, labels

LABELS = {
    "kind": _("Kind of venue"),
    "national_class": _("Class of base"),
    "level": _("Level of a title"),
    "facility": _("For school groups"),
    "near": _("Distance"),
    "paired": _("Agreement"),
    "listing": _("State"),
}


def chosen(query: Mapping[str, str]) -> dict[str, str]:
    """The facets that the URL asks for; a value that does not exist is not asked for."""
    asked = {facet: query.get(facet, "") for facet in FACETS}
    return {facet: value for facet, value in asked.items() if value in labels(facet)}


class DirectoryForm(forms.Form):
    """The filter bar. Only choices that leave something are offered, so that nobody runs into an empty page."""

    q = forms.CharField(label=_("Name of the venue"), required=False, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, query: Mapping[str, str], directory: Directory, starts: Sequence[Start], **options: Any) -> None:
        super().__init__(query, **options)
        if len(starts) > 1:
            self.fields["start"] = forms.ChoiceField(
                label=_("Measured from"), required=False, choices=[("", "—")] + [(one.key, one.name) for one in starts]
            )
        for facet, label in LABELS.items():
            choices = directory.choices(facet)
            if len(choices) > 1 or facet in directory.chosen or (choices and facet in {"near", "paired", "facility"}):
                self.fields[facet] = forms.ChoiceField(label=label, required=False, choices=[("", _("all")), *choices])
