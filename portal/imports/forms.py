"""What people send to an import: a file, or text pasted from a chat."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.rosters.class_names import ClassRef

GRADES = [("", "—"), *((str(grade), str(grade)) for grade in range(1, 13))]
LONGEST_PASTE = 200_000
ACCEPTED = ".xlsx,.xls,.csv,.txt,.htm,.html"


class FileForm(forms.Form):
    """One spreadsheet."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_(".xlsx, .xls or .csv, at most 10 MB. It is read and forgotten."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,
    )

    def content(self) -> tuple[bytes, str]:
        """The bytes and the file's name."""
        given = self.cleaned_data["file"]
        return given.read(), given.name


class PasteForm(forms.Form):
    """Rows copied from a spreadsheet, or names copied from a chat with the class they belong to."""

    text = forms.CharField(
        label=_("Names or rows"),
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Paste rows with their heading, or just names from the class chat. The portal takes them apart."),
    )
    grade = forms.ChoiceField(label=_("Grade"), choices=GRADES, required=False)
    number = forms.IntegerField(label=_("Class number"), min_value=1, max_value=60, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("grade")) != bool(cleaned.get("number")):
            self.add_error("number", _("Give grade and class number together, or neither."))
        return cleaned

    def content(self) -> tuple[bytes, str]:
        return self.cleaned_data["text"].encode(), ""

    def facts(self) -> dict[str, str]:
        """The class that was chosen for bare names."""
        grade, number = self.cleaned_data.get("grade"), self.cleaned_data.get("number")
        chosen = {"class": ClassRef(number, grade=int(grade)).key} if grade and number else {}
        return {"pasted": True, **chosen}


class PilotsForm(forms.Form):
    """From when the pilot schools of a list are pilots."""

    pilots_from = forms.DateField(
        label=_("Credit pilots from"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
