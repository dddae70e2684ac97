"""入库: a venue or counselor in one district, decided by its reviewing offices."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import District, Organisation, User
from people.roles import Permission
from people.workflow import Move, table
from portal.lib import clock


class ListingQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Offices see those of their district, the listed organisation its own, schools what is listed with them."""
        rows = self.select_related("organisation", "district")
        if actor.is_system:
            return rows
        if actor.reads_district:
            return rows.filter(district_id=actor.district_id)
        if actor.is_school:
            return rows.listed().filter(district_id=actor.district_id)
        return rows.filter(organisation_id=actor.organisation_id or 0)

    def listed(self):
        return self.filter(state=Listing.State.LISTED)

    def of_venues(self):
        return self.filter(organisation__kind=Organisation.Kind.VENUE)

    def awaiting(self, actor):
        """Applications on which this office has not yet decided in the present round, nor the person in another hat."""
        by_them = Q(office=actor.organisation_id or 0) | Q(reviewed_by=actor.user)
        decided = Review.objects.filter(by_them, round=models.OuterRef("round"), listing=models.OuterRef("pk"))
        return self.filter(~models.Exists(decided), state=Listing.State.APPLIED)


class Listing(models.Model):
    """One organisation in one district. A returned application begins a new round of reviews."""

    class State(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("listing", "waiting for review")
        RETURNED = "returned", pgettext_lazy("listing", "returned for completion")
        LISTED = "listed", pgettext_lazy("listing", "listed")
        REFUSED = "refused", pgettext_lazy("listing", "not approved")
        SUSPENDED = "suspended", pgettext_lazy("listing", "service suspended")
        LEFT = "left", pgettext_lazy("listing", "left")

    TONES = {
        State.APPLIED: ("turn", "half"),
        State.RETURNED: ("turn", "half"),
        State.LISTED: ("solid", "full"),
        State.REFUSED: ("grey", "none"),
        State.SUSPENDED: ("turn", "hollow"),
        State.LEFT: ("grey", "none"),
    }
    MOVES = table(
        Move("list", (State.APPLIED,), State.LISTED, Permission.LISTING_REVIEW, _("Approve")),
        Move("return", (State.APPLIED,), State.RETURNED, Permission.LISTING_REVIEW, _("Return for completion")),
        Move("refuse", (State.APPLIED,), State.REFUSED, Permission.LISTING_REVIEW, _("Do not approve")),
        Move(
            "apply_again",
            (State.RETURNED, State.REFUSED, State.LEFT),
            State.APPLIED,
            Permission.LISTING_PROPOSE,
            _("Apply again"),
        ),
        Move("suspend", (State.LISTED,), State.SUSPENDED, Permission.LISTING_REVIEW, _("Suspend service")),
        Move("resume", (State.SUSPENDED,), State.LISTED, Permission.LISTING_REVIEW, _("Resume service")),
        Move("leave", (State.LISTED, State.SUSPENDED), State.LEFT, Permission.LISTING_LEAVE, _("Leave the district")),
    )

    district = models.ForeignKey(District, models.PROTECT, related_name="listings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="listings")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.APPLIED)
    round = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    applied_at = models.DateTimeField(default=clock.now)
    listed_on = models.DateField(_("listed on"), null=True, blank=True)
    is_expert = models.BooleanField(_("in the district's expert pool"), default=False)  # counselors only

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name_zh"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "organisation"],
                name="listing_once",
                violation_error_message=_("This venue has already been proposed in the district."),
            ),
            models.CheckConstraint(
                condition=~Q(state="listed") | Q(listed_on__isnull=False),
                name="listing_has_date",
                violation_error_message=_("A listed venue has the date of its listing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} / {self.district}"

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return {self.district_id}


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(listing__in=Listing.objects.visible_to(actor).values("pk"))

    def of_round(self, listing: Listing):
        return self.filter(listing=listing, round=listing.round).select_related("office", "reviewed_by")


class Review(models.Model):
    """One office's decision in one round, with its reason. Append-only."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", pgettext_lazy("listing", "approved")
        RETURN = "return", pgettext_lazy("listing", "returned for completion")
        REFUSE = "refuse", pgettext_lazy("listing", "not approved")

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="reviews")
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    reason = models.CharField(_("reason"), max_length=200)
    reviewed_at = models.DateTimeField(default=clock.now)
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["reviewed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "office", "round"],
                name="review_once_a_round",
                violation_error_message=_("Your office has already decided on this application."),
            ),
            models.UniqueConstraint(
                fields=["listing", "round", "reviewed_by"],
                name="review_two_people",
                violation_error_message=_(
                    "You have decided on this application in another hat: your other office's decision is a colleague's."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="review_has_reason",
                violation_error_message=_("Give the reason for the decision."),
            ),
        ]

    def organisation_ids(self) -> set[int]:
        return {self.office_id}

    def district_ids(self) -> set[int]:
        return {self.listing.district_id}
