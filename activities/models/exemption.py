"""Exemption 特批: the owner of a rule lets one school pass it, for some days and some groups, and says why.

The pages call it an exception; Python has taken the word.
"""

import datetime as dt

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models.scope import last_day, on
from people.actors import Actor
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock

from .booking import ALIVE


class State(models.TextChoices):
    ASKED = "asked", pgettext_lazy("exception", "Asked for")
    GRANTED = "granted", pgettext_lazy("exception", "Granted")
    REFUSED = "refused", pgettext_lazy("exception", "Not granted")
    WITHDRAWN = "withdrawn", pgettext_lazy("exception", "Withdrawn")
    REVOKED = "revoked", pgettext_lazy("exception", "Revoked")


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(self, actor: Actor):
        """Who asked and who decides; the offices read those of their schools."""
        if actor.is_system:
            return self
        if actor.is_teacher:
            return self.none()
        if actor.reads_district:
            return self.filter(district=actor.district_id)
        own = actor.organisation_id or 0
        return self.filter(Q(school=own) | Q(owner=own))

    def in_force(self, day: dt.date):
        """Granted for sessions of that day."""
        return self.filter(on(day), state=State.GRANTED)

    def awaiting(self, actor: Actor):
        """What waits for this hat's organisation to decide, and what the person has not asked for in another hat."""
        own = self.visible_to(actor).filter(owner=actor.organisation_id or 0, state=State.ASKED)
        return own.exclude(asked_by__user=actor.user) if actor.user else own

    def counted(self, *, leaving=None):
        """With `used`: how many bookings that are alive stand on each, without one that is about to move."""
        alive = Q(uses__booking__state__in=ALIVE)
        if leaving is not None:
            alive &= ~Q(uses__booking=leaving.pk)
        return self.annotate(used=Count("uses", filter=alive))

    def with_names(self):
        return self.select_related(
            "school__organisation", "provider", "owner", "session__programme", "asked_by__user", "decided_by__user"
        ).counted()


class Exemption(models.Model):
    """Lets `most` bookings of a school at a provider pass the rule `code`, in sessions on days of the range.

    `owner` is whose rule it is: the provider, or the bureau of the school's district."""

    State = State
    used: int  # by `counted`
    TONES = {
        State.ASKED: ("turn", "half"),
        State.GRANTED: ("teal", "full"),
        State.REFUSED: ("grey", "none"),
        State.WITHDRAWN: ("grey", "none"),
        State.REVOKED: ("grey", "none"),
    }
    MOVES = table(
        Move("grant", (State.ASKED,), State.GRANTED, Permission.EXCEPTION_DECIDE, pgettext_lazy("move", "Grant")),
        Move("refuse", (State.ASKED,), State.REFUSED, Permission.EXCEPTION_DECIDE, pgettext_lazy("move", "Not grant")),
        Move("revoke", (State.GRANTED,), State.REVOKED, Permission.EXCEPTION_DECIDE, pgettext_lazy("move", "Revoke")),
        Move("withdraw", (State.ASKED,), State.WITHDRAWN, Permission.EXCEPTION_ASK, pgettext_lazy("move", "Withdraw")),
    )

    school = models.ForeignKey("partnerships.School", models.PROTECT, related_name="exemptions")
    district = models.ForeignKey("people.District", models.PROTECT, related_name="+")
    provider = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    owner = models.ForeignKey("people.Organisation", models.PROTECT, related_name="exemptions_owned")
    session = models.ForeignKey("activities.Session", models.PROTECT, related_name="exemptions")
    code = models.CharField(max_length=40)  # of the rule
    pupils = models.IntegerField()  # of the group for which it was asked
    starts_on = models.DateField(_("for sessions from"))
    ends_on = models.DateField(_("ends before"))
    most = models.SmallIntegerField(_("for so many bookings"), default=1)
    reason = models.CharField(_("why"), max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="exemption_ends_after_start",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The exception must end after it begins."),
            ),
            models.CheckConstraint(
                name="exemption_counts_ok",
                condition=Q(most__range=(1, 50), pupils__gte=1),
                violation_error_message=_("An exception is for 1 to 50 bookings."),
            ),
            models.CheckConstraint(
                name="exemption_decided_as_state_says",
                condition=Q(state__in=(State.ASKED, State.WITHDRAWN), decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    state__in=(State.GRANTED, State.REFUSED, State.REVOKED),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    answer__gt="",
                ),
                violation_error_message=_("A decision says when, by whom and why."),
            ),
            models.UniqueConstraint(
                name="exemption_asked_once",
                fields=["school", "session", "code"],
                condition=Q(state=State.ASKED),
                violation_error_message=_("Your school has asked for this exception already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.starts_on}"

    @property
    def last_day(self) -> dt.date:
        day = last_day(self.ends_on)
        assert day
        return day

    @property
    def is_open(self) -> bool:
        """Whether a booking can still be made by it (`counted`)."""
        return self.state == State.GRANTED and self.used < self.most and clock.today() <= self.last_day

    def organisation_ids(self) -> set[int]:
        """The school asks and withdraws, the owner decides: which of them may what, their roles say."""
        return {self.school_id, self.owner_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


class UseQuerySet(models.QuerySet["ExemptionUse"]):
    def alive(self):
        return self.filter(booking__state__in=ALIVE)


class ExemptionUse(models.Model):
    """A booking that stands on an exemption. It counts as long as the booking is alive."""

    exemption = models.ForeignKey(Exemption, models.PROTECT, related_name="uses")
    booking = models.ForeignKey("activities.Booking", models.PROTECT, related_name="exemption_uses")

    objects = UseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exemptionuse_once",
                fields=["exemption", "booking"],
                violation_error_message=_("This booking stands on the exception already."),
            )
        ]
