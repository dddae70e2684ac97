"""聘任: a school's lead offers a counselor an appointment for a school year, the counselor accepts; either ends it."""

from django.utils.translation import gettext_lazy as _

from activities import counselor_notices, hosts
from activities.models import Appointment, Counselor
from partnerships.models import School
from people import audit
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text, said

State = Appointment.State
OFFERED = _("The school has already offered this counselor an appointment for the year.")


@verb
def offer(school: School, *, counselor: Counselor, school_year: int, by: Actor) -> Appointment:
    """The school asks, or asks once more. Raises Refused for somebody whom its district does not list."""
    require(by, Permission.APPOINTMENT_OFFER, school)
    if not Counselor.objects.listed_in([school.district_id]).filter(pk=counselor.pk).exists():
        raise Refused("appointment.listing", _("This counselor is not listed in your district."))
    signature = {"host_at": clock.now(), "host_by": hosts.hat_of(by)}
    found = Appointment.objects.filter(school=school, counselor=counselor, school_year=school_year).first()
    if found is None:
        found = Appointment.objects.create(
            school=school, counselor=counselor, school_year=school_year, district_id=school.district_id, **signature
        )
        audit.record("appointment.offer", found, by=by, is_now=found.state, counselor=counselor.pk)
    elif found.state in Appointment.MOVES["offer"].sources:
        again = {"counselor_at": None, "counselor_by": None, "ended_at": None, "reason": ""}
        move(found, "offer", by=by, **signature, **again)
    else:
        raise Refused("appointment_once", OFFERED)
    counselor_notices.tell_appointment(found, "appointment.offered", by_school=True)
    return found


@verb
def accept(appointment: Appointment, *, by: Actor) -> None:
    """The counselor accepts: the school has its counselor for the year."""
    require(by, Permission.APPOINTMENT_ANSWER, appointment)
    listed = Counselor.objects.listed_in([appointment.district_id])
    if not listed.filter(pk=appointment.counselor_id).exists():
        raise Refused("appointment.listing", _("You are not listed in the school's district at present."))
    move(appointment, "accept", by=by, counselor_at=clock.now(), counselor_by=hosts.hat_of(by))
    counselor_notices.tell_appointment(appointment, "appointment.accepted", by_school=False)


@verb
def decline(appointment: Appointment, *, by: Actor, reason: str = "") -> None:
    move(appointment, "decline", by=by, reason=free_text(reason))
    counselor_notices.tell_appointment(appointment, "appointment.declined", by_school=False)


@verb
def withdraw(appointment: Appointment, *, by: Actor, reason: str = "") -> None:
    """The school takes its offer back."""
    move(appointment, "withdraw", by=by, reason=free_text(reason))


@verb
def end(appointment: Appointment, *, by: Actor, reason: str) -> None:
    """Either side ends it before its time, and says why. Sessions that were agreed stay agreed."""
    reason = said(reason)
    move(appointment, "end", by=by, reason=reason, ended_at=clock.now())
    counselor_notices.tell_appointment(appointment, "appointment.ended", by_school=by.is_school)
