"""Forms of connected systems: what one may do and what it is told. The verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.events import TYPES, opened_by
from people.scopes import SCOPES
from portal.models import Client
from portal.systems.clients import NAMES


class ScopesForm(forms.Form):
    """What a system may do, in words; names of pupils are granted elsewhere."""

    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Grant what it needs and no more: it can be changed at any time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(code, scope.label) for code, scope in SCOPES.items() if code != NAMES]


class ClientForm(ScopesForm):
    """A new system."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=120, help_text=_("As people call it: it stands in the trail.")
    )
    field_order = ["name", "scopes"]


class TypesForm(forms.Form):
    """What an address is told, of what its system may read."""

    types = forms.MultipleChoiceField(
        label=_("Which events it is told"), widget=forms.CheckboxSelectMultiple, initial=list(TYPES)
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["types"].choices = [(code, TYPES[code].label) for code in opened_by(client.scopes)]


class EndpointForm(TypesForm):
    """A new address."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and is reachable from the internet."),
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["url", "types"]
