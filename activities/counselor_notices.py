"""What counselors and their hosts are told. Facts are kept without language: ISO days and Chinese names."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Appointment, Assignment, Check, Session
from people import notices
from people.models import Notice, User
from people.notices import COUNSELORS, OFFICES, SCHOOLS, VENUES, Judge, audience, declare
from people.roles import Role
from portal.lib import clock

HOSTS = (Role.SCHOOL_LEAD, Role.COORDINATOR, Role.VENUE_LEAD, Role.VENUE_STAFF)
State = Assignment.State


def assignment_in(state: str) -> Judge:
    """It still stands in this state, for a session that has not begun."""
    return lambda notice: Assignment.objects.upcoming().filter(pk=notice.key_of("assignment"), state=state).exists()


def is_near(notice: Notice) -> bool:
    """Of today or tomorrow: whoever is on the way must know at once, at night too."""
    day = timezone.localtime(dt.datetime.fromisoformat(notice.facts["when"])).date()
    return clock.today() <= day <= clock.today() + dt.timedelta(days=1)


def is_offered(notice: Notice) -> bool:
    return Appointment.objects.awaiting_answer().filter(pk=notice.key_of("appointment")).exists()


def still_lacks_counselor(notice: Notice) -> bool:
    return Session.objects.lacking_counselor().filter(pk=notice.key_of("session")).exists()


def still_runs_out(notice: Notice) -> bool:
    """No later answer has taken its place."""
    return Check.objects.standing().filter(pk=notice.key_of("check")).exists()


declare(
    "assignment.invited",
    _("%(host)s invites you: %(programme)s"),
    _("%(when)s. Accept or decline; nothing is settled until you accept."),
    duty=True,
    holds=assignment_in(State.INVITED),
)
declare(
    "assignment.applied",
    _("%(counselor)s applies: %(programme)s"),
    _("%(when)s. Accept or decline the application."),
    duty=True,
    holds=assignment_in(State.APPLIED),
)
declare(
    "assignment.confirmed",
    _("Both sides agreed: %(programme)s"),
    _("%(counselor)s at %(host)s, %(when)s."),
)
declare(
    "assignment.declined",
    _("%(who)s declined: %(programme)s"),
    _("%(when)s. %(reason)s"),
)
declare(
    "assignment.stepped_back",
    _("%(who)s stepped back: %(programme)s"),
    _("%(when)s. %(reason)s"),
    urgent=is_near,
)
declare(
    "assignment.cancelled",
    _("Cancelled: %(programme)s"),
    _("%(host)s, %(when)s. Your time is free again. Reason: %(reason)s"),
    urgent=is_near,
)
declare(
    "assignment.moved",
    _("The time has changed: %(programme)s"),
    _("New time: %(when)s. What was agreed no longer holds; say whether the new time suits you."),
    duty=True,
)
declare(
    "assignment.shifted",
    _("The time has changed a little: %(programme)s"),
    _("New time: %(when)s. If it does not suit you, step back in time."),
)
declare(
    "assignment.postponed",
    _("Postponed: %(programme)s"),
    _("It was to be on %(when)s. You will be asked again when it has a new time."),
)
declare(
    "assignment.check_ran_out",
    _("Find somebody again: %(programme)s"),
    _("%(counselor)s, %(when)s: the background check does not cover the day. Invite again after its renewal."),
    duty=True,
    urgent=is_near,
    holds=assignment_in(State.REOPENED),
)
declare(
    "assignment.listing_ended",
    _("Find somebody again: %(programme)s"),
    _("%(counselor)s, %(when)s: the counselor is not listed in the district any more."),
    duty=True,
    urgent=is_near,
    holds=assignment_in(State.REOPENED),
)
declare(
    "session.without_counselor",
    _("No counselor yet: %(programme)s"),
    _("%(when)s. Invite somebody, or say that none is needed."),
    duty=True,
    holds=still_lacks_counselor,
)
declare(
    "counselor.check_ends_soon",
    _("A background check runs out soon"),
    _("%(counselor)s: it counts until %(last_day)s in %(district)s. Have it renewed in time."),
    duty=True,
    holds=still_runs_out,
)
declare(
    "counselor.check_recorded",
    _("Your background check has an answer"),
    _("%(unit)s wrote it down on %(day)s. You see it in your profile."),
)
declare(
    "appointment.offered",
    _("%(school)s offers you an appointment"),
    _("School year %(year)s. Accept or decline it."),
    duty=True,
    holds=is_offered,
)
declare(
    "appointment.accepted",
    _("%(counselor)s accepted the appointment"),
    _("%(school)s, school year %(year)s."),
)
declare(
    "appointment.declined",
    _("%(counselor)s declined the appointment"),
    _("%(school)s, school year %(year)s. %(reason)s"),
)
declare(
    "appointment.ended",
    _("An appointment has ended"),
    _("%(counselor)s at %(school)s, school year %(year)s. %(reason)s"),
)

audience(SCHOOLS | VENUES | COUNSELORS, "appointment.", "assignment.", "session.without_counselor")
audience(SCHOOLS | VENUES | COUNSELORS | OFFICES, "counselor.")


def tell_invited(assignment: Assignment) -> None:
    _send("assignment.invited", assignment, _person(assignment))


def tell_applied(assignment: Assignment) -> None:
    _send("assignment.applied", assignment, _host(assignment))


def tell_confirmed(assignment: Assignment) -> None:
    _send("assignment.confirmed", assignment, [*_host(assignment), *_person(assignment)])


def tell_declined(assignment: Assignment, *, by_host: bool) -> None:
    _from_one_side("assignment.declined", assignment, by_host=by_host)


def tell_stepped_back(assignment: Assignment, *, by_host: bool) -> None:
    _from_one_side("assignment.stepped_back", assignment, by_host=by_host)


def _from_one_side(kind: str, assignment: Assignment, *, by_host: bool) -> None:
    """One side has acted: the other is told who."""
    who = assignment.host if by_host else assignment.counselor.organisation
    _send(kind, assignment, _person(assignment) if by_host else _host(assignment), who=who.name_zh)


def tell_cancelled(assignment: Assignment) -> None:
    _send("assignment.cancelled", assignment, _person(assignment))


def tell_moved(assignment: Assignment, kind: str, when: dt.datetime) -> None:
    _send(kind, assignment, _person(assignment), when=when.isoformat(timespec="minutes"))


def tell_reopened(assignment: Assignment) -> None:
    """School, venue and person, each once."""
    kind = "assignment.check_ran_out" if assignment.lacking == Assignment.Lacking.CHECK else "assignment.listing_ended"
    session = assignment.session
    concerned = [person for place in sorted(session.host_ids()) for person in notices.members(place, *HOSTS)]
    _send(kind, assignment, [*concerned, *_person(assignment)])


def _host(assignment: Assignment) -> list[User]:
    return notices.members(assignment.host_id, *HOSTS)


def _person(assignment: Assignment) -> list[User]:
    return notices.members(assignment.counselor_id, Role.COUNSELOR)


def _send(kind: str, assignment: Assignment, to: list[User], **more: Any) -> None:
    """The two may ask each other more than once: every turn is told."""
    session: Session = assignment.session
    facts = {
        "host": assignment.host.name_zh,
        "counselor": assignment.counselor.organisation.name_zh,
        "programme": session.programme.name_zh,
        "when": session.starts_at.isoformat(timespec="minutes"),
        "reason": assignment.reason,
    }
    notices.send(
        kind,
        to=to,
        subject=f"assignment:{assignment.pk}",
        due_slot=clock.now().isoformat(timespec="seconds"),
        path=f"/assignments/{assignment.pk}/",
        facts=facts | more,
    )


def tell_check(check: Check) -> None:
    """That there is an answer, not which: it stands in the profile of the person alone."""
    facts = {"unit": check.unit.name_zh, "day": check.checked_on.isoformat()}
    to = notices.members(check.counselor_id, Role.COUNSELOR)
    notices.send("counselor.check_recorded", to=to, subject=f"check:{check.pk}", path="/counselors/me/", facts=facts)


def tell_appointment(appointment: Appointment, kind: str, *, by_school: bool) -> None:
    """One side has acted: the other is told."""
    school = notices.members(appointment.school_id, Role.SCHOOL_LEAD, Role.COORDINATOR)
    person = notices.members(appointment.counselor_id, Role.COUNSELOR)
    notices.send(
        kind,
        to=person if by_school else school,
        subject=f"appointment:{appointment.pk}",
        due_slot=clock.now().isoformat(timespec="seconds"),
        path="/appointments/",
        facts={
            "school": appointment.school.organisation.name_zh,
            "counselor": appointment.counselor.organisation.name_zh,
            "year": f"{appointment.school_year}–{appointment.school_year + 1}",
            "reason": appointment.reason,
        },
    )
