"""What waits around counselors: asking and answering, checks, appointments, hours and their settlement."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities import checks, hours
from activities.models import Appointment, Assignment, Counselor, ServiceRecord, Session, Settlement
from partnerships.models import VicePrincipal
from people import thresholds
from people.actors import Actor
from people.models import Organisation
from people.roles import Role
from portal.duty import FILERS, SCHOOL, VENUE, Duty, Line, address_of
from portal.lib import clock, wording
from portal.navigation import address

COUNSELOR = frozenset({Role.COUNSELOR})


def profiles_to_write(actor: Actor) -> QuerySet[Organisation]:
    """A counselor who has only the link so far."""
    own = Organisation.objects.visible_to(actor).filter(kind=Organisation.Kind.COUNSELOR)
    return own.filter(counselor__isnull=True).order_by("pk")


def consents_to_give(actor: Actor) -> QuerySet[Counselor]:
    return Counselor.objects.visible_to(actor).filter(consented_on__isnull=True).order_by("pk")


def invitations_to_answer(actor: Actor) -> QuerySet[Assignment]:
    return Assignment.objects.visible_to(actor).awaiting("counselor").with_names().order_by("starts_at", "pk")


def applications_to_answer(actor: Actor) -> QuerySet[Assignment]:
    return Assignment.objects.visible_to(actor).awaiting("host").with_names().order_by("starts_at", "pk")


def appointments_to_answer(actor: Actor) -> QuerySet[Appointment]:
    own = Appointment.objects.visible_to(actor).awaiting_answer()
    return own.select_related("school__organisation").order_by("offered_at", "pk")


def sessions_lacking(actor: Actor) -> QuerySet[Session]:
    """Near ones: as many days before as the district says."""
    days = thresholds.of(actor.district_id)["counselor_near_days"]
    until = clock.now() + dt.timedelta(days=days)
    own = Session.objects.hosted_by(actor.organisation_id or 0).lacking_counselor()
    return own.filter(starts_at__lte=until).select_related("programme").order_by("starts_at", "pk")


def checks_to_record(actor: Actor) -> QuerySet[Counselor]:
    return checks.awaiting(actor.district_id or 0).order_by("organisation__name_zh", "pk")


def hours_to_confirm(actor: Actor) -> QuerySet[Assignment]:
    """Sessions of counselors that are over: the host confirms their hours."""
    own = Assignment.objects.visible_to(actor).with_names().filter(host=actor.organisation_id)
    return hours.to_confirm(own).order_by("ends_at", "pk")


def hours_to_enter(actor: Actor) -> QuerySet[Assignment]:
    return hours.to_claim(Assignment.objects.visible_to(actor).with_names()).order_by("ends_at", "pk")


def objections_to_answer(actor: Actor) -> QuerySet[ServiceRecord]:
    own = ServiceRecord.objects.visible_to(actor).with_names().filter(state=ServiceRecord.State.OBJECTED)
    return own.order_by("objected_at", "pk")


def vice_principals_to_appoint(actor: Actor) -> QuerySet[VicePrincipal]:
    rows = VicePrincipal.objects.visible_to(actor).ready().select_related("school__organisation", "person")
    return rows.order_by("proposed_at", "pk")


def settlements_to_approve(actor: Actor) -> QuerySet[Settlement]:
    """Handed in by somebody else."""
    handed_in = Settlement.objects.visible_to(actor).filter(state=Settlement.State.CHECKING).select_related("term")
    return handed_in.exclude(proposed_by=actor.user).order_by("proposed_at", "pk")


def _profile(organisation: Organisation) -> Line:
    return Line(gettext("Write your profile as a counselor"), [], address("activities:counselor-edit"))


def _consent(counselor: Counselor) -> Line:
    return Line(
        gettext("Agree to the background check, so that you can be with pupils"), [], address("activities:counselor-me")
    )


def _invitation(assignment: Assignment) -> Line:
    words = {"host": assignment.host.name, "programme": assignment.session.programme.name}
    return _assignment(assignment, gettext("%(host)s invites you: “%(programme)s”") % words)


def _application(assignment: Assignment) -> Line:
    words = {"counselor": assignment.counselor.name, "programme": assignment.session.programme.name}
    return _assignment(assignment, gettext("%(counselor)s applies for “%(programme)s”") % words)


def _assignment(assignment: Assignment, sentence: str) -> Line:
    return Line(
        sentence,
        [wording.when(assignment.starts_at, assignment.ends_at)],
        address_of("activities:assignment-page", assignment.pk),
        assignment.starts_at,
    )


def _appointment(appointment: Appointment) -> Line:
    sentence = gettext("%(school)s offers you an appointment") % {"school": appointment.school.organisation.name}
    return Line(sentence, [appointment.year_said], address("activities:appointment-list"))


def _lacking(session: Session) -> Line:
    return Line(
        gettext("No counselor yet for “%(programme)s”") % {"programme": session.programme.name},
        [wording.when(session.starts_at, session.ends_at)],
        address_of("activities:session-counselors", session.pk),
        session.starts_at,
    )


def _check(counselor: Counselor) -> Line:
    sentence = gettext("Background check of %(counselor)s: ask, and record the answer") % {"counselor": counselor.name}
    return Line(sentence, [counselor.get_kind_display()], address_of("activities:counselor-check", counselor.pk))


def _service(assignment: Assignment) -> Line:
    return _hours(assignment, gettext("Hours of “%(programme)s” are to be entered"), "hours-enter", assignment.pk)


def _at_host(assignment: Assignment) -> Line:
    return _hours(assignment, gettext("Hours of “%(programme)s” are to be confirmed"), "hours-enter", assignment.pk)


def _objection(record: ServiceRecord) -> Line:
    return _hours(record.assignment, gettext("An objection to hours of “%(programme)s”"), "hours-answer", record.pk)


def _hours(assignment: Assignment, sentence: str, page: str, pk: int) -> Line:
    return Line(
        sentence % {"programme": assignment.session.programme.name},
        [assignment.counselor.organisation, assignment.host, wording.when(assignment.starts_at, assignment.ends_at)],
        address_of(f"activities:{page}", pk),
    )


def _vice_principal(post: VicePrincipal) -> Line:
    return Line(
        gettext("%(name)s can be appointed science vice-principal") % {"name": post.person.name},
        [post.school, post.person.employer],
        address_of("partnerships:vice_principal-page", post.pk),
    )


def _settlement(batch: Settlement) -> Line:
    return Line(
        gettext("Settlement %(title)s waits for a second person") % {"title": batch.title},
        [batch.term.name],
        address_of("activities:settlement-page", batch.pk),
    )


DUTIES = (
    Duty(_("Counselor"), _("Answer"), COUNSELOR, invitations_to_answer, _invitation, ("activities:assignment-list",)),
    Duty(_("Appointment"), _("Answer"), COUNSELOR, appointments_to_answer, _appointment, ("activities:appointment-list",)),
    Duty(_("Counselor"), _("Write it"), COUNSELOR, profiles_to_write, _profile, ("activities:counselor-edit",)),
    Duty(_("Counselor"), _("Read and answer"), COUNSELOR, consents_to_give, _consent, ("activities:counselor-me",)),
    Duty(_("Counselor"), _("Answer"), SCHOOL | VENUE, applications_to_answer, _application, ("activities:assignment-list",)),
    Duty(_("Counselor"), _("Find somebody"), SCHOOL | VENUE, sessions_lacking, _lacking, ("activities:assignment-list",)),
    Duty(_("Counselor"), _("Record it"), FILERS, checks_to_record, _check, ("activities:counselor-list",)),
    Duty(_("Hours"), _("Confirm"), SCHOOL | VENUE, hours_to_confirm, _at_host, ("activities:hours-list",)),
    Duty(_("Hours"), _("Enter"), frozenset({Role.COUNSELOR}), hours_to_enter, _service, ("activities:hours-list",)),
    Duty(_("Hours"), _("Answer"), SCHOOL | VENUE, objections_to_answer, _objection, ("activities:hours-list",)),
    Duty(_("Vice-principal"), _("Appoint"), FILERS, vice_principals_to_appoint, _vice_principal,
         ("partnerships:vice_principal-list",)),
    Duty(_("Settlement"), _("Check it"), FILERS, settlements_to_approve, _settlement, ("activities:settlement-list",)),
)  # fmt: skip
