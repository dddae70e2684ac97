"""Membership 身份: one role of one person in one organisation — a hat."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation
from people.models.user import User
from people.reach import within
from people.roles import KEPT, KINDS, Role
from portal.lib import clock

if TYPE_CHECKING:
    from people.actors import Actor


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        """Hats worn today."""
        today = clock.today()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today), starts_on__lte=today)

    def visible_to(self, actor: "Actor") -> "MembershipQuerySet":
        """Colleagues of the own organisation; an office also sees the leads and officers that it reaches."""
        if actor.is_administrator:
            return self
        if actor.is_office:
            in_reach = within(actor.district_id, "organisation__")
            return self.filter(Q(organisation_id=actor.organisation_id) | (Q(role__in=KEPT) & in_reach))
        return self.filter(organisation_id=actor.organisation_id)

    def with_role(self, *roles: Role) -> "MembershipQuerySet":
        return self.filter(role__in=roles)


class Membership(models.Model):
    """`kind` copies the organisation's kind so that the role can be checked against it in the row."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Organisation.Kind.choices, editable=False)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation_id", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_role_fits_kind",
                condition=Q(
                    *[Q(role=role, kind=kind) for role, kind in KINDS.items()],
                    _connector=Q.OR,
                ),
                violation_error_message=_("This role does not exist in that kind of organisation."),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A membership can't end before it starts."),
            ),
            models.UniqueConstraint(
                name="membership_once",
                fields=["user", "organisation", "role"],
                condition=Q(ends_on__isnull=True),
                violation_error_message=_("This person already holds that role here."),
            ),
            models.UniqueConstraint(
                name="membership_administrator_or_audit_reader",
                fields=["user"],
                condition=Q(ends_on__isnull=True, role__in=[Role.ADMINISTRATOR, Role.AUDIT_READER]),
                violation_error_message=_("Administrator and audit reader are two different people."),
            ),
            models.UniqueConstraint(
                name="membership_one_person_a_counselor",
                fields=["organisation"],
                condition=Q(ends_on__isnull=True, role=Role.COUNSELOR),
                violation_error_message=_("A counselor is one person."),
            ),
            models.UniqueConstraint(
                name="membership_one_counselor_a_person",
                fields=["user"],
                condition=Q(ends_on__isnull=True, role=Role.COUNSELOR),
                violation_error_message=_("You are a counselor already: apply to further districts from your profile."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.organisation_id}:{self.role}"

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return self.organisation.district_ids()

    @property
    def is_active(self) -> bool:
        today = clock.today()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on > today)
