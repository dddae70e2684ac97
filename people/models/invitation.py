"""Invitation 邀请: a printable link, good for seven days and one person."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation
from people.models.user import User
from people.reach import within
from people.roles import KEPT, Role
from portal.lib import clock

if TYPE_CHECKING:
    from people.actors import Actor


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither used, withdrawn nor run out."""
        return self.pending().filter(expires_at__gt=clock.now())

    def pending(self) -> "InvitationQuerySet":
        """Neither used nor withdrawn; may have run out and be renewed."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def visible_to(self, actor: "Actor") -> "InvitationQuerySet":
        if actor.is_administrator:
            return self
        if actor.is_office:
            in_reach = within(actor.district_id, "organisation__")
            return self.filter(Q(organisation_id=actor.organisation_id) | (Q(role__in=KEPT) & in_reach))
        return self.filter(organisation_id=actor.organisation_id)


class Invitation(models.Model):
    """Only the digest of the token is kept: whoever reads this table can't use it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="invitations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    full_name = models.CharField(_("name"), max_length=60, blank=True)
    token_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("good until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                violation_error_message=_("An accepted invitation names who accepted it, and when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}:{self.role}"

    @property
    def has_run_out(self) -> bool:
        return self.expires_at <= clock.now()

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return self.organisation.district_ids()
