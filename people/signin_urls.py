"""The pages of sign-in: ours, and the few of allauth that the house uses. Everything else of allauth stays shut."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from people.views import signin

urlpatterns = [
    path("login/", signin.sign_in, name="account_login"),
    path("demo/", signin.enter_by_card, name="demo_card"),
    path("language/", signin.choose_language, name="set_language"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", signin.change_password, name="account_change_password"),
    path("password/reset/", signin.password_help, name="account_reset_password"),
    path("code/", mfa.index, name="mfa_index"),
    path("code/enter/", mfa.authenticate, name="mfa_authenticate"),
    path("code/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("code/trust/", mfa.trust, name="mfa_trust"),
    path("code/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("code/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("code/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("code/recovery/generate/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("code/recovery/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
