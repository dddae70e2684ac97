"""Account 学分账户: one pupil's running balance. It changes only together with its entries (trigger)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnerships.models import Student
from people.actors import Actor


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, actor: Actor) -> "AccountQuerySet":
        """An account follows its pupil: whoever sees the pupil sees it."""
        return self.filter(student__in=Student.objects.visible_to(actor))


class Account(models.Model):
    """`balance` in thousandths of a point, `n` the number of entries written so far."""

    student = models.OneToOneField(Student, models.PROTECT, primary_key=True, related_name="account")
    balance = models.IntegerField(_("balance"), default=0)
    n = models.IntegerField(_("entries"), default=0)

    objects = AccountQuerySet.as_manager()
