"""allauth's forms in the house's words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _


class Code(forms.Form):
    """Mixin: the one field is called 动态验证码 and takes digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Verification code")
        code.widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})
        code.widget.attrs.pop("placeholder", None)


class CodeForm(Code, AuthenticateForm):
    pass


class CodeAgainForm(Code, ReauthenticateForm):
    pass


class FirstCodeForm(Code, ActivateTOTPForm):
    pass


class PasswordAgainForm(PasswordAgain):
    """The password of the account that is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label, self.fields["password"].help_text = _("Password"), ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


class NewPasswordForm(ChangePasswordForm):
    """The old password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, hint in (
            ("oldpassword", _("Present password"), ""),
            ("password1", _("New password"), _("At least 8 characters, not a common word.")),
            ("password2", _("The new password again"), ""),
        ):
            self.fields[name].label, self.fields[name].help_text = label, hint
            self.fields[name].widget.attrs.pop("placeholder", None)
