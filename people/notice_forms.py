"""Forms about notices: what a person wants by mail, and the robots of a district."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people import notices
from people.models import Robot
from people.notices import NoticeKind

AT_ONCE, DAILY = "at_once", "daily"


# Whom or what a title names, where it is said of no one in particular.
ANYONE = {
    "counselor": pgettext_lazy("in the name of a notice", "A counselor"),
    "day": pgettext_lazy("in the name of a notice", "A day"),
    "host": pgettext_lazy("in the name of a notice", "A school or venue"),
    "school": pgettext_lazy("in the name of a notice", "A school"),
    "who": pgettext_lazy("in the name of a notice", "The other side"),
}
NAMED_LAST = re.compile(r"(?:[:：])?\s*%\(\w+\)s$")


def said(kind: NoticeKind) -> str:
    """The title of a kind without any facts: “The venue declined”, “A school cancelled its booking”."""
    general = NAMED_LAST.sub("", str(kind.title))
    return re.sub(r"%\((\w+)\)s", lambda fact: str(ANYONE.get(fact[1], "…")), general)


class NoticeSettingsForm(forms.Form):
    """Ticked kinds arrive by mail."""

    rhythm = forms.ChoiceField(
        label=_("How often"),
        choices=[(AT_ONCE, _("each at once")), (DAILY, _("once a day, in one mail"))],
        widget=forms.RadioSelect,
    )
    wanted = forms.MultipleChoiceField(label=_("By mail"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, kinds: list[NoticeKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        wanted = self.fields["wanted"]
        assert isinstance(wanted, forms.MultipleChoiceField)
        wanted.choices = [(kind.code, said(kind)) for kind in kinds]

    @property
    def choices(self) -> dict[str, Any]:
        """What `notice_settings.choose` takes."""
        return {
            "wants_digest": self.cleaned_data["rhythm"] == DAILY,
            "unwanted": {kind.code for kind in self.kinds} - set(self.cleaned_data["wanted"]),
        }


class RobotForm(forms.Form):
    """A robot of a work chat. The address is never shown again; left empty on a change, the sealed one stays."""

    name = forms.CharField(label=_("Name of the group"), max_length=60)
    form = forms.ChoiceField(label=_("Chat"), choices=Robot.Form.choices)
    address = forms.CharField(
        label=_("Address of the robot (webhook)"),
        max_length=1000,
        help_text=_("Copied from the group's settings. Whoever has it can write into the group: it is kept sealed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        help_text=_("Only where DingTalk's robot asks for a signature."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(label=_("What it tells"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.MultipleChoiceField)
        kinds.choices = [(kind.code, said(kind)) for kind in notices.for_groups()]
        if not is_new:
            self.fields["address"].required = False
            self.fields["address"].help_text = _("Leave empty to keep the address that is sealed now.")
