"""合作协议: one venue with one or more schools, its versions of text, and its life."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import District, Organisation, User
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock

from .scope import last_day, on
from .venue import Venue


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The parties and the offices of the district; a draft only the organisation that writes it."""
        rows = self.select_related("venue__organisation", "district", "current_version")
        if actor.is_system:
            return rows
        if actor.reads_district:
            return rows.filter(district_id=actor.district_id).exclude(state__in=UNSENT)
        own = actor.organisation_id or 0
        as_party = Agreement.objects.exclude(state__in=UNSENT).filter(parties__organisation_id=own)
        return rows.filter(Q(drafted_by_id=own) | Q(pk__in=as_party.values("pk")))

    def whole(self):
        """Agreements in their own right, without the supplements to them."""
        return self.filter(amends__isnull=True)

    def in_force(self, day: dt.date):
        """Filed, begun and not over on `day`; a suspension or termination counts from its own day on.

        A supplement is never in force by itself: filed, it has become a version of what it amends."""
        ended = Q(state=Agreement.State.TERMINATED, terminated_on__gt=day)
        paused = Q(state=Agreement.State.SUSPENDED, suspended_on__gt=day)
        return self.whole().filter(on(day), Q(state=Agreement.State.FILED) | ended | paused)

    def with_school(self, school_id: int, day: dt.date):
        """Those whose text this school has signed and not left by `day`."""
        signed = Agreement.objects.filter(
            Q(parties__left_on__isnull=True) | Q(parties__left_on__gt=day),
            parties__organisation_id=school_id,
            parties__signed_at__isnull=False,
        )
        return self.filter(pk__in=signed.values("pk"))

    def binding(self, *, venue_id: int, school_id: int, day: dt.date):
        """Agreements of this venue with this school that are in force on the day of a visit."""
        return self.in_force(day).filter(venue_id=venue_id).with_school(school_id, day)

    def expiring(self, day: dt.date, days: int):
        """In force on `day` and over within `days` days, without a successor that is filed."""
        return (
            self.in_force(day)
            .filter(ends_on__lte=day + dt.timedelta(days=days))
            .exclude(successor__state=Agreement.State.FILED)
        )

    def awaiting_filing(self):
        return self.filter(state=Agreement.State.SENT)


class Agreement(models.Model):
    """People's decisions are its state; upcoming, active, expiring and expired are read from the dates."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("agreement", "draft")
        REVIEW = "review", pgettext_lazy("agreement", "under review by the other side")
        COUNTERED = "countered", pgettext_lazy("agreement", "changes proposed")
        AGREED = "agreed", pgettext_lazy("agreement", "text frozen")
        SIGNING = "signing", pgettext_lazy("agreement", "partly signed")
        SIGNED = "signed", pgettext_lazy("agreement", "signed")
        SENT = "sent", pgettext_lazy("agreement", "sent for filing")
        RETURNED = "returned", pgettext_lazy("agreement", "returned for correction")
        FILED = "filed", pgettext_lazy("agreement", "filed")
        SUSPENDED = "suspended", pgettext_lazy("agreement", "suspended")
        TERMINATED = "terminated", pgettext_lazy("agreement", "terminated")
        WITHDRAWN = "withdrawn", pgettext_lazy("agreement", "withdrawn")

    class Area(models.TextChoices):
        ACTIVITIES = "activities", _("pupil activities")
        COURSES = "courses", _("course building")
        TEACHERS = "teachers", _("teacher training")
        AFTER_SCHOOL = "after_school", _("after-school service")
        STUDY_TRIPS = "study_trips", _("study trips")
        COACHING = "coaching", _("competition coaching")
        OPENING = "opening", _("opening of the venue")
        DONATIONS = "donations", _("donations")

    TONES = {
        State.DRAFT: ("grey", "hollow"),
        State.REVIEW: ("turn", "half"),
        State.COUNTERED: ("turn", "half"),
        State.AGREED: ("turn", "half"),
        State.SIGNING: ("turn", "half"),
        State.SIGNED: ("teal", "full"),
        State.SENT: ("turn", "half"),
        State.RETURNED: ("turn", "half"),
        State.FILED: ("teal", "full"),
        State.SUSPENDED: ("turn", "hollow"),
        State.TERMINATED: ("red", "none"),
        State.WITHDRAWN: ("grey", "none"),
    }
    MOVES = table(
        Move("propose", (State.DRAFT,), State.REVIEW, Permission.AGREEMENT_DRAFT, _("Send to the other side")),
        Move(
            "counter",
            (State.REVIEW, State.COUNTERED, State.AGREED, State.SIGNING, State.SIGNED, State.RETURNED),
            State.COUNTERED,
            Permission.AGREEMENT_DRAFT,
            _("Propose changes"),
        ),
        Move(
            "agree", (State.REVIEW, State.COUNTERED), State.AGREED, Permission.AGREEMENT_DRAFT, _("Agree to the text")
        ),
        Move("sign", (State.AGREED, State.SIGNING), State.SIGNING, Permission.AGREEMENT_SIGN, _("Sign")),
        Move("complete", (State.AGREED, State.SIGNING), State.SIGNED, Permission.AGREEMENT_SIGN),
        Move("join", (State.FILED,), State.FILED, Permission.AGREEMENT_SIGN, _("Sign")),
        Move(
            "submit",
            (State.SIGNING, State.SIGNED, State.RETURNED),
            State.SENT,
            Permission.AGREEMENT_SIGN,
            _("Send for filing"),
        ),
        Move("file", (State.SENT,), State.FILED, Permission.AGREEMENT_FILE, _("File")),
        Move("return", (State.SENT,), State.RETURNED, Permission.AGREEMENT_FILE, _("Return for correction")),
        Move("suspend", (State.FILED,), State.SUSPENDED, Permission.AGREEMENT_END, _("Suspend")),
        Move("resume", (State.SUSPENDED,), State.FILED, Permission.AGREEMENT_END, _("Resume")),
        Move("terminate", (State.FILED, State.SUSPENDED), State.TERMINATED, Permission.AGREEMENT_END, _("Terminate")),
        Move(
            "withdraw",
            (State.DRAFT, State.REVIEW, State.COUNTERED, State.AGREED, State.SIGNING, State.SIGNED, State.RETURNED),
            State.WITHDRAWN,
            Permission.AGREEMENT_DRAFT,
            _("Withdraw"),
        ),
    )

    district = models.ForeignKey(District, models.PROTECT, related_name="agreements")
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="agreements")
    drafted_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    number = models.CharField(_("filing number"), max_length=40, null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    current_version = models.ForeignKey(
        "partnerships.AgreementVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    areas = ArrayField(models.CharField(max_length=20, choices=Area), verbose_name=_("cooperation areas"), default=list)
    witness = models.CharField(_("convener (witness)"), max_length=120, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"))
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name=_("amends")
    )
    registered_on_paper = models.BooleanField(_("registered from paper"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    suspended_on = models.DateField(_("suspended on"), null=True, blank=True)
    terminated_on = models.DateField(_("terminated on"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "number"],
                name="agreement_number_once",
                violation_error_message=_("This filing number is already taken."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="agreement_ends_after_start",
                violation_error_message=_("The agreement must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(filed_at__isnull=True, filed_by__isnull=True, number__isnull=True)
                | Q(filed_at__isnull=False, filed_by__isnull=False, number__isnull=False),
                name="agreement_filed_whole",
                violation_error_message=_("A filed agreement has a number, a time and the officer who filed it."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["filed", "suspended", "terminated"]) | Q(filed_at__isnull=False),
                name="agreement_lives_after_filing",
                violation_error_message=_("Only a filed agreement can come into force."),
            ),
            models.CheckConstraint(
                condition=Q(state="suspended", suspended_on__isnull=False)
                | (~Q(state="suspended") & Q(suspended_on__isnull=True)),
                name="agreement_suspended_dated",
                violation_error_message=_("A suspended agreement has the date of its suspension."),
            ),
            models.CheckConstraint(
                condition=Q(state="terminated", terminated_on__isnull=False)
                | (~Q(state="terminated") & Q(terminated_on__isnull=True)),
                name="agreement_terminated_dated",
                violation_error_message=_("A terminated agreement has the date of its termination."),
            ),
            models.CheckConstraint(
                condition=~Q(successor=F("id")),
                name="agreement_not_its_own_successor",
                violation_error_message=_("An agreement can't renew itself."),
            ),
            models.UniqueConstraint(
                fields=["amends"],
                condition=~Q(state__in=["filed", "withdrawn"]),
                name="agreement_one_amendment_at_a_time",
                violation_error_message=_("A supplement to this agreement is already under way."),
            ),
            models.CheckConstraint(
                condition=Q(amends__isnull=True) | ~Q(state__in=["suspended", "terminated"]),
                name="agreement_amendment_lives_in_its_agreement",
                violation_error_message=_("A supplement ends with the agreement that it amends."),
            ),
            models.CheckConstraint(
                condition=~Q(amends=F("id")),
                name="agreement_not_its_own_amendment",
                violation_error_message=_("An agreement can't amend itself."),
            ),
        ]
        indexes = [models.Index(fields=["district", "state"], name="agreement_by_district")]

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def last_day(self) -> dt.date:
        return last_day(self.ends_on)

    @property
    def is_amendment(self) -> bool:
        """补充协议: a supplement, which becomes a version of another agreement when it is filed."""
        return self.amends_id is not None

    def is_in_force(self, day: dt.date | None = None) -> bool:
        """Read from the row in hand; `in_force()` is the same as a queryset."""
        day = day or clock.today()
        if self.is_amendment or not self.starts_on <= day < self.ends_on:
            return False
        return (
            self.state == self.State.FILED
            or (self.terminated_on is not None and day < self.terminated_on)
            or (self.suspended_on is not None and day < self.suspended_on)
        )

    def organisation_ids(self) -> set[int]:
        # .all(): a list has fetched the parties of its rows already
        return {self.drafted_by_id, *(party.organisation_id for party in self.parties.all())}

    def district_ids(self) -> set[int]:
        return {self.district_id}


UNSENT = (Agreement.State.DRAFT,)
