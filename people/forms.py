"""Forms of people: they check shape and say what would be right; the verbs decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from people.models import District, Membership, Organisation, User
from people.roles import Role


class InviteForm(forms.Form):
    """One invitation: a role that the inviter may hand out, and for whom the page is printed."""

    role = forms.ChoiceField(label=_("Role"))
    full_name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Appears on the printed page.")
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]


class InviteManyForm(forms.Form):
    """A pasted list, or a spreadsheet that is turned into one to look through."""

    people = forms.CharField(
        label=_("Names and roles"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        required=False,
        max_length=20_000,
        help_text=_("One person a line: name, then role."),
    )
    sheet = forms.FileField(
        label=_("Or a spreadsheet"),
        required=False,
        help_text=_("The first two columns of the first sheet: name and role. You check it before links are made."),
    )


class NewPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters, not a common word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def person(self) -> User:
        """Whose name the password must not repeat."""
        return self.user or User()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password")
        if password and data.get("again") and password != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            try:
                validate_password(password, self.person())
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return data


class AcceptForm(NewPasswordForm):
    """A new account."""

    full_name = forms.CharField(label=_("Your name"), max_length=60)
    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=User._meta.get_field("username").validators,
        help_text=_("Letters and digits, for signing in. Starts with a letter."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    mobile = forms.CharField(
        label=_("Mobile number"),
        required=False,
        validators=User._meta.get_field("mobile").validators,
        help_text=_("You can also sign in with it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    field_order = ["full_name", "username", "mobile", "password", "again"]

    def person(self) -> User:
        return User(username=self.cleaned_data.get("username", ""), full_name=self.cleaned_data.get("full_name", ""))

    def facts(self) -> dict[str, str]:
        """What `invitations.accept_as_new` takes."""
        return {name: self.cleaned_data[name] for name in ("full_name", "username", "mobile", "password")}


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Successor"), widget=forms.RadioSelect, empty_label=None
    )
    leave = forms.BooleanField(label=_("End this membership at the same time"), required=False)

    def __init__(self, *args: Any, successors: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Membership.objects.filter(pk__in=[hat.pk for hat in successors])
        self.fields["to"].choices = [(hat.pk, f"{hat.user.full_name} ({Role(hat.role).label})") for hat in successors]


class DistrictForm(forms.ModelForm):
    class Meta:
        model = District
        fields = ["code", "name_zh", "name_en", "city_zh"]


class OfficeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in (Organisation.Kind.BUREAU, Organisation.Kind.PARTNER_OFFICE)],
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)


class ProfileForm(forms.Form):
    """What a person says about themselves. That numbers and addresses are taken once is left to the rows."""

    full_name = forms.CharField(label=_("Name"), max_length=60)
    mobile = forms.CharField(
        label=_("Mobile number"),
        required=False,
        validators=User._meta.get_field("mobile").validators,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("As the browser asks")), *settings.LANGUAGES]
