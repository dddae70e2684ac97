"""The policy, readable in one file: which role exists where, and what each role may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    BUREAU_OFFICER = "bureau_officer", _("Bureau officer")
    PARTNER_OFFICER = "partner_officer", _("Partner-office officer")
    INSPECTOR = "inspector", _("Inspector")
    SCHOOL_LEAD = "school_lead", _("School lead")
    COORDINATOR = "coordinator", _("Coordinator")
    TEACHER = "teacher", _("Teacher")
    VENUE_LEAD = "venue_lead", _("Venue lead")
    VENUE_STAFF = "venue_staff", _("Venue staff")
    COUNSELOR = "counselor", _("Counselor")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDIT_READER = "audit_reader", _("Audit reader")


# Where each role exists (a CHECK on Membership reads this).
KINDS: dict[Role, str] = {
    Role.BUREAU_OFFICER: "bureau",
    Role.INSPECTOR: "bureau",
    Role.PARTNER_OFFICER: "partner_office",
    Role.SCHOOL_LEAD: "school",
    Role.COORDINATOR: "school",
    Role.TEACHER: "school",
    Role.VENUE_LEAD: "venue",
    Role.VENUE_STAFF: "venue",
    Role.COUNSELOR: "counselor",
    Role.ADMINISTRATOR: "platform",
    Role.AUDIT_READER: "platform",
}

OFFICES = {Role.BUREAU_OFFICER, Role.PARTNER_OFFICER, Role.INSPECTOR}
LEADS = {Role.SCHOOL_LEAD, Role.VENUE_LEAD, Role.BUREAU_OFFICER}

# The second factor (policy.md §10, level-3 protection): at each sign-in, once per trusted device, or not at all.
SECOND_FACTOR_EACH_TIME = OFFICES | {Role.ADMINISTRATOR, Role.AUDIT_READER}
SECOND_FACTOR_PER_DEVICE = {Role.SCHOOL_LEAD, Role.COORDINATOR, Role.VENUE_LEAD, Role.VENUE_STAFF}


class Permission(models.TextChoices):
    """Every permission of the portal: noun.verb. Labels are for reviewers, not for pages."""

    AUDIT_READ = "audit.read"
    DISTRICT_CREATE = "district.create"
    HOME_SEE = "home.see"
    MEMBER_INVITE = "member.invite"
    MEMBER_SEE = "member.see"
    THRESHOLD_SEE = "threshold.see"
    THRESHOLD_SET = "threshold.set"


P = Permission
EVERYBODY = frozenset({P.HOME_SEE})
SCHOOL = EVERYBODY | {P.MEMBER_SEE}
VENUE = EVERYBODY | {P.MEMBER_SEE}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.BUREAU_OFFICER: EVERYBODY | {P.MEMBER_INVITE, P.MEMBER_SEE, P.THRESHOLD_SEE, P.THRESHOLD_SET},
    Role.PARTNER_OFFICER: EVERYBODY | {P.MEMBER_SEE, P.THRESHOLD_SEE},
    Role.INSPECTOR: EVERYBODY | {P.THRESHOLD_SEE},
    Role.SCHOOL_LEAD: SCHOOL | {P.MEMBER_INVITE},
    Role.COORDINATOR: SCHOOL,
    Role.TEACHER: EVERYBODY,
    Role.VENUE_LEAD: VENUE | {P.MEMBER_INVITE},
    Role.VENUE_STAFF: VENUE,
    Role.COUNSELOR: EVERYBODY,
    Role.ADMINISTRATOR: EVERYBODY | {P.DISTRICT_CREATE, P.MEMBER_INVITE, P.MEMBER_SEE},
    Role.AUDIT_READER: EVERYBODY | {P.AUDIT_READ},
}
