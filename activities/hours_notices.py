"""What people are told about hours and settlements. Facts are kept without language: ISO days and Chinese names."""

from django.utils.translation import gettext_lazy as _

from activities.models import Assignment, ServiceRecord, Settlement
from activities.models.service_record import State
from people.models import Notice
from people.notices import Judge, declare


def record_in(state: str) -> Judge:
    """The record still waits in this state."""
    return lambda notice: ServiceRecord.objects.filter(pk=notice.key_of("service"), state=state).exists()


def settlement_in(state: str) -> Judge:
    return lambda notice: Settlement.objects.filter(pk=notice.key_of("settlement"), state=state).exists()


def has_no_hours(notice: Notice) -> bool:
    """Both sides agreed, and nobody has entered the hours yet."""
    return Assignment.objects.live().filter(pk=notice.key_of("assignment"), service__isnull=True).exists()


declare(
    "hours.to_confirm",
    _("Hours wait for your confirmation: %(programme)s"),
    _("%(counselor)s was with you on %(day)s. Confirm the hours."),
    duty=True,
    holds=has_no_hours,
)
declare(
    "hours.claimed",
    _("%(counselor)s has entered hours"),
    _("%(programme)s on %(day)s. Confirm them or say why not."),
    duty=True,
    holds=record_in(State.CLAIMED),
)
declare(
    "hours.confirmed",
    _("Your hours are confirmed: %(programme)s"),
    _("%(day)s, %(minutes)s minutes. If that is wrong, object on the page."),
)
declare(
    "hours.turned_down",
    _("Your hours were not confirmed: %(programme)s"),
    _("%(day)s. Reason: %(reason)s. You may object on the page."),
)
declare(
    "hours.objected",
    _("There is an objection to hours: %(programme)s"),
    _("%(counselor)s, %(day)s. Reason: %(reason)s"),
    duty=True,
    holds=record_in(State.OBJECTED),
)
declare(
    "hours.answered",
    _("Your objection was answered: %(programme)s"),
    _("%(day)s. Answer: %(reason)s"),
)
declare(
    "settlement.to_approve",
    _("A settlement waits for a second person"),
    _("%(title)s was handed in. Check and approve it, or return it."),
    duty=True,
    holds=settlement_in(Settlement.State.CHECKING),
)
declare("settlement.returned", _("A settlement was returned"), _("Settlement %(title)s: %(reason)s"), duty=True)
declare(
    "settlement.approved",
    _("Your subsidy is approved"),
    _("%(title)s is approved; the bureau pays it out. See your hours for the amount."),
)
