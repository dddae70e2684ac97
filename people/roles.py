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
# Of each of these an organisation that has one keeps one (the trigger membership_last_lead holds the same list).
KEPT = {Role.BUREAU_OFFICER, Role.PARTNER_OFFICER, Role.SCHOOL_LEAD, Role.VENUE_LEAD, Role.ADMINISTRATOR}

# Which roles a role hands out, and ends: in its own organisation, and in those it reaches.
HANDS_OUT_AT_HOME: dict[Role, frozenset[Role]] = {
    Role.BUREAU_OFFICER: frozenset({Role.BUREAU_OFFICER, Role.INSPECTOR}),
    Role.PARTNER_OFFICER: frozenset({Role.PARTNER_OFFICER}),
    Role.SCHOOL_LEAD: frozenset({Role.SCHOOL_LEAD, Role.COORDINATOR, Role.TEACHER}),
    Role.VENUE_LEAD: frozenset({Role.VENUE_LEAD, Role.VENUE_STAFF}),
    Role.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR, Role.AUDIT_READER}),
}
HANDS_OUT_ELSEWHERE: dict[Role, frozenset[Role]] = {
    Role.BUREAU_OFFICER: frozenset({Role.SCHOOL_LEAD, Role.VENUE_LEAD}),
    Role.ADMINISTRATOR: frozenset({Role.BUREAU_OFFICER, Role.PARTNER_OFFICER}),
}

# The second factor (policy.md §10, level-3 protection): at each sign-in, once per trusted device, or not at all.
SECOND_FACTOR_EACH_TIME = OFFICES | {Role.ADMINISTRATOR, Role.AUDIT_READER}
SECOND_FACTOR_PER_DEVICE = {
    Role.SCHOOL_LEAD,
    Role.COORDINATOR,
    Role.VENUE_LEAD,
    Role.VENUE_STAFF,
}


class Permission(models.TextChoices):
    """Every permission of the portal: noun.verb. Labels are for reviewers, not for pages."""

    AGREEMENT_DRAFT = "agreement.draft"
    AGREEMENT_END = "agreement.end"
    AGREEMENT_FILE = "agreement.file"
    AGREEMENT_LEAVE = "agreement.leave"
    AGREEMENT_REGISTER = "agreement.register"
    AGREEMENT_SEE = "agreement.see"
    AGREEMENT_SIGN = "agreement.sign"
    AGREEMENT_TEMPLATE = "agreement.template"
    APPOINTMENT_ANSWER = "appointment.answer"
    APPOINTMENT_END = "appointment.end"
    APPOINTMENT_OFFER = "appointment.offer"
    APPOINTMENT_SEE = "appointment.see"
    ASSIGNMENT_FOLLOW = "assignment.follow"  # nobody's: what follows from a session, a check or a listing
    ASSIGNMENT_HOST = "assignment.host"
    ASSIGNMENT_SEE = "assignment.see"
    ASSIGNMENT_SERVE = "assignment.serve"
    AUDIT_READ = "audit.read"
    BOOKING_CANCEL_NO_FAULT = "booking.cancel_no_fault"
    BOOKING_CONFIRM = "booking.confirm"
    BOOKING_RECEIVE = "booking.receive"
    BOOKING_REQUEST = "booking.request"
    BOOKING_SEE = "booking.see"
    CALENDAR_EDIT = "calendar.edit"
    CALENDAR_SEE = "calendar.see"
    CERTIFICATE_ISSUE = "certificate.issue"
    CERTIFICATE_REVOKE = "certificate.revoke"
    CERTIFICATE_SEE = "certificate.see"
    CLASS_EDIT = "class.edit"
    CLASS_SEE = "class.see"
    CHECK_RECORD = "check.record"
    COMPETITION_EDIT = "competition.edit"
    COMPETITION_SEE = "competition.see"
    COUNSELOR_EDIT = "counselor.edit"
    COUNSELOR_INVITE = "counselor.invite"
    COUNSELOR_SEE = "counselor.see"
    CLIENT_MANAGE = "client.manage"
    CREDIT_RULE_DRAFT = "credit_rule.draft"
    CREDIT_RULE_PUBLISH = "credit_rule.publish"
    CREDIT_RULE_SEE = "credit_rule.see"
    CREDIT_SEE = "credit.see"
    CREDIT_SEE_BOOKING = "credit.see_booking"
    DELIVERABLE_ANSWER = "deliverable.answer"
    DELIVERABLE_ENTER = "deliverable.enter"
    DELIVERY_RETRY = "delivery.retry"
    DISPUTE_DECIDE = "dispute.decide"
    DISPUTE_RAISE = "dispute.raise"
    DISPUTE_SEE = "dispute.see"
    DAY_OFF_DECLARE = "day_off.declare"
    DISTRICT_CREATE = "district.create"
    EVALUATION_EDIT = "evaluation.edit"
    EVALUATION_EXPORT = "evaluation.export"
    EXCEPTION_ASK = "exception.ask"
    EXCEPTION_DECIDE = "exception.decide"
    FEEDBACK_GIVE = "feedback.give"
    FEED_KEEP = "feed.keep"
    HOLD_LIFT = "hold.lift"
    HOME_SEE = "home.see"
    IDENTITY_LOOK = "identity.look"
    IMPORT_SEE = "import.see"
    JOB_RUN = "job.run"
    LEDGER_SEAL = "ledger.seal"
    LEDGER_SEE = "ledger.see"
    LIST_IMPORT = "list.import"
    LISTING_LEAVE = "listing.leave"
    LISTING_PROPOSE = "listing.propose"
    LISTING_REVIEW = "listing.review"
    MEMBER_INVITE = "member.invite"
    MEMBER_SEE = "member.see"
    NO_SHOW_DECIDE = "no_show.decide"
    NO_SHOW_DISPUTE = "no_show.dispute"
    NO_SHOW_SETTLE = "no_show.settle"  # by the calendar
    OUTING_APPROVE = "outing.approve"
    OUTING_FILE = "outing.file"
    OUTING_PLAN = "outing.plan"
    OUTING_REPORT = "outing.report"
    OUTING_SEE = "outing.see"
    PROGRAMME_EDIT = "programme.edit"
    PROGRAMME_PUBLISH = "programme.publish"
    PUBLICATION_PUBLISH = "publication.publish"
    PUBLICATION_SEE = "publication.see"
    RECOGNITION_EDIT = "recognition.edit"
    REPORT_COMMENT = "report.comment"
    REPORT_DRAFT = "report.draft"
    REPORT_PUBLISH = "report.publish"
    REPORT_SEE = "report.see"
    REPORT_WORK = "report.work"  # of no role: only the system counts
    REQUEST_ANSWER = "request.answer"
    REQUEST_SEE = "request.see"
    RESULT_ENTER = "result.enter"
    RESULT_SEE = "result.see"
    RESULT_VOUCH = "result.vouch"
    ROBOT_EDIT = "robot.edit"
    ROLL_CALL = "roll.call"
    ROLL_REVIEW = "roll.review"
    ROSTER_BOARD = "roster.board"
    ROSTER_IMPORT = "roster.import"
    ROSTER_RELEASE = "roster.release"
    SCHOOL_EDIT = "school.edit"
    SCHOOL_SEE = "school.see"
    SERIES_REQUEST = "series.request"
    SERIES_SEE = "series.see"
    SERVICE_CLAIM = "service.claim"
    SERVICE_CONFIRM = "service.confirm"
    SERVICE_OBJECT = "service.object"
    SERVICE_SEE = "service.see"
    SESSION_CANCEL = "session.cancel"
    SESSION_EDIT = "session.edit"
    SESSION_OPEN = "session.open"
    SESSION_SEE = "session.see"
    SETTLEMENT_APPROVE = "settlement.approve"
    SETTLEMENT_PREPARE = "settlement.prepare"
    SETTLEMENT_SEE = "settlement.see"
    SUBSIDY_RATE_SEE = "subsidy_rate.see"
    SUBSIDY_RATE_SET = "subsidy_rate.set"
    THRESHOLD_SEE = "threshold.see"
    THRESHOLD_SET = "threshold.set"
    TRAINING_CONFIRM = "training.confirm"
    TRAINING_SEE = "training.see"
    TRAINING_SIGN_UP = "training.sign_up"
    VENUE_EDIT = "venue.edit"
    VENUE_SEE = "venue.see"
    VICE_PRINCIPAL_APPOINT = "vice_principal.appoint"
    VICE_PRINCIPAL_END = "vice_principal.end"
    VICE_PRINCIPAL_PROPOSE = "vice_principal.propose"
    VICE_PRINCIPAL_SEE = "vice_principal.see"
    WAITLIST_RUN = "waitlist.run"


P = Permission
EVERYBODY = frozenset({P.HOME_SEE})
# What happens: who reads, who offers sessions, who books them.
READS_ACTIVITIES = frozenset({P.BOOKING_SEE, P.REPORT_SEE, P.REQUEST_SEE, P.SERIES_SEE, P.SESSION_SEE, P.TRAINING_SEE})
OFFERS = READS_ACTIVITIES | {
    P.PROGRAMME_EDIT, P.PROGRAMME_PUBLISH, P.SESSION_CANCEL, P.SESSION_EDIT, P.SESSION_OPEN, P.TRAINING_CONFIRM,
}  # fmt: skip
BOOKS = OFFERS | {
    P.BOOKING_REQUEST, P.DAY_OFF_DECLARE, P.EXCEPTION_ASK, P.FEEDBACK_GIVE, P.NO_SHOW_DISPUTE, P.ROLL_CALL,
    P.ROLL_REVIEW,
    P.SERIES_REQUEST, P.TRAINING_SIGN_UP,
}  # fmt: skip
RECEIVES = OFFERS | {
    P.BOOKING_CONFIRM, P.BOOKING_RECEIVE, P.DAY_OFF_DECLARE, P.EXCEPTION_DECIDE, P.FEEDBACK_GIVE, P.HOLD_LIFT,
    P.IMPORT_SEE, P.REQUEST_ANSWER,
}  # fmt: skip
# Outings: a school plans, its lead approves, whoever leads a group reports; the bureau files.
READS_OUTINGS = frozenset({P.OUTING_SEE})
REPORTS_OUTINGS = READS_OUTINGS | {P.OUTING_REPORT}
PLANS_OUTINGS = REPORTS_OUTINGS | {P.OUTING_PLAN}
# The two sides and what they agreed: who reads, who runs a school or venue, who signs for it, who reviews and files.
READS_PARTNERSHIPS = frozenset({P.AGREEMENT_SEE, P.CALENDAR_SEE, P.VENUE_SEE})
DELIVERS = frozenset({P.DELIVERABLE_ANSWER, P.DELIVERABLE_ENTER})
KEEPS_SCHOOL = (
    READS_PARTNERSHIPS | DELIVERS | {P.AGREEMENT_DRAFT, P.CLASS_EDIT, P.CLASS_SEE, P.IDENTITY_LOOK, P.SCHOOL_SEE}
)
KEEPS_VENUE = READS_PARTNERSHIPS | DELIVERS | {P.AGREEMENT_DRAFT, P.VENUE_EDIT}
SIGNS = frozenset({P.AGREEMENT_END, P.AGREEMENT_LEAVE, P.AGREEMENT_SIGN})
REVIEWS = READS_PARTNERSHIPS | {P.CLASS_SEE, P.LISTING_REVIEW, P.SCHOOL_SEE}
FILES = REVIEWS | {
    P.AGREEMENT_FILE, P.AGREEMENT_REGISTER, P.AGREEMENT_TEMPLATE, P.CALENDAR_EDIT, P.IDENTITY_LOOK, P.LISTING_PROPOSE,
    P.RECOGNITION_EDIT, P.SCHOOL_EDIT,
}  # fmt: skip
# Science vice-principals: who reads them, who proposes them, who decides.
PROPOSES_VICE_PRINCIPALS = frozenset({P.VICE_PRINCIPAL_PROPOSE, P.VICE_PRINCIPAL_SEE})
DECIDES_VICE_PRINCIPALS = PROPOSES_VICE_PRINCIPALS | {P.VICE_PRINCIPAL_APPOINT, P.VICE_PRINCIPAL_END}
# What it is worth: who reads credits and rules, who sets the rules.
READS_CREDITS = frozenset(
    {P.COMPETITION_SEE, P.CREDIT_RULE_SEE, P.CREDIT_SEE, P.CREDIT_SEE_BOOKING, P.RESULT_SEE}
)  # fmt: skip
SETS_RULES = READS_CREDITS | {P.COMPETITION_EDIT, P.CREDIT_RULE_DRAFT, P.CREDIT_RULE_PUBLISH}
ENTERS_RESULTS = READS_CREDITS | {P.RESULT_ENTER, P.RESULT_VOUCH}
MENTORS = frozenset({P.RESULT_SEE, P.RESULT_VOUCH})
# The year's end: a school publishes, decides objections and issues certificates; its bureau seals the term.
ENDS_YEAR_AT_SCHOOL = frozenset({
    P.CERTIFICATE_ISSUE, P.CERTIFICATE_REVOKE, P.CERTIFICATE_SEE, P.DISPUTE_DECIDE, P.DISPUTE_RAISE, P.DISPUTE_SEE,
    P.EVALUATION_EXPORT, P.PUBLICATION_PUBLISH, P.PUBLICATION_SEE,
})  # fmt: skip
READS_LEDGER = frozenset({P.CERTIFICATE_SEE, P.LEDGER_SEE})
ENDS_YEAR_IN_DISTRICT = READS_LEDGER | {P.CERTIFICATE_REVOKE, P.EVALUATION_EDIT, P.LEDGER_SEAL}
# Rosters and lists: who brings a roster in, who lets a braked one pass, who brings lists of the district.
BRINGS_ROSTERS = frozenset({P.IMPORT_SEE, P.ROSTER_IMPORT})
BRINGS_LISTS = frozenset({P.IMPORT_SEE, P.LIST_IMPORT, P.ROSTER_BOARD})
PUBLISHES_REPORTS = frozenset({P.REPORT_DRAFT, P.REPORT_PUBLISH})
# Counselors: who reads, who hosts one (a school or venue asks, answers, releases), who reviews and checks, who serves.
READS_COUNSELORS = frozenset({P.APPOINTMENT_SEE, P.ASSIGNMENT_SEE, P.COUNSELOR_SEE, P.SERVICE_SEE})
HOSTS = READS_COUNSELORS | {P.ASSIGNMENT_HOST, P.SERVICE_CONFIRM, P.SERVICE_OBJECT}
HOSTS_AND_INVITES = HOSTS | {P.COUNSELOR_INVITE}
APPOINTS = HOSTS_AND_INVITES | {P.APPOINTMENT_END, P.APPOINTMENT_OFFER}
REVIEWS_COUNSELORS = READS_COUNSELORS | {P.COUNSELOR_INVITE}
CHECKS_COUNSELORS = REVIEWS_COUNSELORS | {P.CHECK_RECORD}
SERVES = frozenset({
    P.APPOINTMENT_ANSWER, P.APPOINTMENT_END, P.APPOINTMENT_SEE, P.ASSIGNMENT_SEE, P.ASSIGNMENT_SERVE, P.COUNSELOR_EDIT,
    P.COUNSELOR_SEE, P.LISTING_LEAVE, P.LISTING_PROPOSE, P.REQUEST_ANSWER, P.REQUEST_SEE, P.SERVICE_CLAIM,
    P.SERVICE_OBJECT, P.SERVICE_SEE,
})  # fmt: skip
# Their pay: offices read rates and sums; the bureau sets rates and settles, two of its people each time.
READS_SETTLEMENTS = frozenset({P.SETTLEMENT_SEE, P.SUBSIDY_RATE_SEE})
SETTLES = READS_SETTLEMENTS | {P.SETTLEMENT_APPROVE, P.SETTLEMENT_PREPARE, P.SUBSIDY_RATE_SET}
SCHOOL = EVERYBODY | {P.FEED_KEEP, P.MEMBER_SEE}
VENUE = EVERYBODY | {P.FEED_KEEP, P.MEMBER_SEE}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.BUREAU_OFFICER: EVERYBODY
    | READS_ACTIVITIES
    | READS_OUTINGS
    | FILES
    | CHECKS_COUNSELORS
    | SETTLES
    | SETS_RULES
    | ENDS_YEAR_IN_DISTRICT
    | BRINGS_LISTS
    | DECIDES_VICE_PRINCIPALS
    | PUBLISHES_REPORTS
    | {P.BOOKING_CANCEL_NO_FAULT, P.CLIENT_MANAGE, P.DAY_OFF_DECLARE, P.EXCEPTION_DECIDE, P.OUTING_FILE}
    | {P.HOLD_LIFT, P.NO_SHOW_DECIDE}
    | {P.MEMBER_INVITE, P.MEMBER_SEE, P.ROBOT_EDIT, P.THRESHOLD_SEE, P.THRESHOLD_SET},
    Role.PARTNER_OFFICER: EVERYBODY
    | READS_ACTIVITIES
    | READS_OUTINGS
    | READS_CREDITS
    | READS_LEDGER
    | REVIEWS
    | REVIEWS_COUNSELORS
    | READS_SETTLEMENTS
    | {P.MEMBER_INVITE, P.MEMBER_SEE, P.ROSTER_BOARD, P.THRESHOLD_SEE, P.VICE_PRINCIPAL_SEE},
    Role.INSPECTOR: EVERYBODY
    | READS_ACTIVITIES
    | READS_OUTINGS
    | READS_CREDITS
    | READS_LEDGER
    | READS_PARTNERSHIPS
    | READS_COUNSELORS
    | READS_SETTLEMENTS
    | {P.CLASS_SEE, P.ROSTER_BOARD, P.SCHOOL_SEE, P.THRESHOLD_SEE, P.VICE_PRINCIPAL_SEE},
    Role.SCHOOL_LEAD: SCHOOL
    | BOOKS
    | PLANS_OUTINGS
    | KEEPS_SCHOOL
    | BRINGS_ROSTERS
    | ENTERS_RESULTS
    | ENDS_YEAR_AT_SCHOOL
    | SIGNS
    | APPOINTS
    | PROPOSES_VICE_PRINCIPALS
    | {P.MEMBER_INVITE, P.OUTING_APPROVE, P.REPORT_COMMENT, P.ROSTER_RELEASE, P.SCHOOL_EDIT, P.VICE_PRINCIPAL_END},
    Role.COORDINATOR: SCHOOL
    | BOOKS
    | PLANS_OUTINGS
    | KEEPS_SCHOOL
    | BRINGS_ROSTERS
    | ENTERS_RESULTS
    | HOSTS
    | ENDS_YEAR_AT_SCHOOL
    | PROPOSES_VICE_PRINCIPALS,
    Role.TEACHER: EVERYBODY
    | MENTORS
    | REPORTS_OUTINGS
    | {P.BOOKING_SEE, P.CALENDAR_SEE, P.CREDIT_SEE_BOOKING, P.ROLL_CALL, P.SESSION_SEE, P.VENUE_SEE}
    | {P.ASSIGNMENT_SEE, P.DISPUTE_RAISE, P.DISPUTE_SEE, P.FEEDBACK_GIVE, P.FEED_KEEP}
    | {P.TRAINING_SEE, P.TRAINING_SIGN_UP},
    Role.VENUE_LEAD: VENUE
    | RECEIVES
    | KEEPS_VENUE
    | SIGNS
    | HOSTS_AND_INVITES
    | {P.LISTING_LEAVE, P.LISTING_PROPOSE, P.MEMBER_INVITE, P.RECOGNITION_EDIT},
    Role.VENUE_STAFF: VENUE | RECEIVES | KEEPS_VENUE | HOSTS,
    Role.COUNSELOR: EVERYBODY | SERVES | MENTORS | {P.FEED_KEEP},
    Role.ADMINISTRATOR: EVERYBODY | {P.DELIVERY_RETRY, P.DISTRICT_CREATE, P.JOB_RUN, P.MEMBER_INVITE, P.MEMBER_SEE},
    Role.AUDIT_READER: EVERYBODY | {P.AUDIT_READ},
}
