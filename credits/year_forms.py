"""What people type at the year's end: objections and their answers, reasons, and the columns of a template."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credits.evaluation import Column
from credits.judging import Judged
from credits.models import EvaluationColumn
from portal.lib import wording

LONG = 500


def _paragraph(label: Any, *, most: int = LONG, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 4}), help_text=help_text, strip=True
    )


class ObjectionForm(forms.Form):
    """What the family says about one entry."""

    reason = _paragraph(_("What the family says"), help_text=_("Write no names and no family matters."))


class MissingForm(ObjectionForm):
    """Whose entry is missing, and for which roll call."""

    pupil = forms.ChoiceField(label=_("Pupil"))
    line = forms.ChoiceField(label=_("Roll call"), required=False)

    field_order = ("pupil", "line", "reason")

    def __init__(self, data: Any, pupils: Iterable[tuple[str, str]], lines: Iterable[Judged]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["pupil"].choices = list(pupils)
        fields["line"].choices = [("", _("On no roll by name"))] + [
            (str(one.fact.roll_entry_id), f"{wording.day(one.occasion.day)} {one.booking.session.programme.name}")
            for one in lines
            if one.booking
        ]


class AnswerForm(forms.Form):
    answer = _paragraph(_("Answer in writing"), help_text=_("The family is told this. Write no names."))


class RevocationForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Shown to the school and the bureau only."))


class ColumnForm(forms.Form):
    """One column; an empty title leaves it out."""

    place = forms.IntegerField(label=_("Position"), min_value=1, max_value=99, required=False)
    title = forms.CharField(label=_("Column title"), max_length=60, required=False)
    field = forms.ChoiceField(label=_("Content"), choices=EvaluationColumn.Field.choices, required=False)


class ColumnsFormSet(forms.BaseFormSet):
    @property
    def columns(self) -> list[Column]:
        """In the order of their places, those without one last."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        placed = sorted(filled, key=lambda row: row.get("place") or 100)
        return [Column(row["title"], row["field"] or EvaluationColumn.Field.EMPTY) for row in placed]


ColumnsForm = forms.formset_factory(ColumnForm, formset=ColumnsFormSet, extra=3, max_num=33, absolute_max=40)
