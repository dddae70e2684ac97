"""What a school answers to the draft of its report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import ReportComment


class Answer(forms.Form):
    verdict = forms.ChoiceField(
        label=_("answer"),
        choices=ReportComment.Verdict.choices,
        widget=forms.RadioSelect,
        initial=ReportComment.Verdict.AGREED,
    )
    text = forms.CharField(
        label=_("remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("verdict") == ReportComment.Verdict.REMARK and not given.get("text", "").strip():
            self.add_error("text", _("Say what should be looked at."))
        return given
