"""Who of the school takes part in a training."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Membership


class Teachers(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user.full_name or obj.user.username}（{obj.get_role_display()}）"


class SignUpForm(forms.Form):
    teachers = Teachers(Membership.objects.none(), label=_("Who takes part"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, teachers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["teachers"].queryset = teachers
