"""科学副校长: proposed by school or bureau, trained, with the employer's consent, appointed by the bureau."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partnerships import scans
from partnerships.models import School, VicePrincipal, VicePrincipalPerson
from people import audit, notices, thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission, Role
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

MOST_HOURS = 999


@verb
def propose(school: School, *, by: Actor, name: str, employer: str, title: str = "") -> VicePrincipal:
    """Propose a person; the district's rules of today are copied. Raises Refused when they are proposed there already.

    The same name and employer is the same person, so that nobody serves too many schools under two rows.
    """
    require(by, Permission.VICE_PRINCIPAL_PROPOSE, school)
    values = thresholds.of(school.district_id)
    person, _new = VicePrincipalPerson.objects.get_or_create(
        district_id=school.district_id, name=_plain(name), employer=_plain(employer)
    )
    post = VicePrincipal.objects.create(
        school=school,
        person=person,
        title=title.strip(),
        hours_required=values["vice_principal_hours"],
        schools_allowed=values["vice_principal_schools"],
        years=values["vice_principal_years"],
    )
    audit.record("viceprincipal.propose", post, by=by, is_now=post.state)
    _tell("vice_principal_proposed", post, notices.officers(school.district_id))
    return post


@verb
def give_consent(post: VicePrincipal, *, by: Actor, content: bytes, file_name: str) -> VicePrincipal:
    """Keep the scan of the employer's consent; a later one takes its place."""
    require(by, Permission.VICE_PRINCIPAL_PROPOSE, post)
    scan = scans.keep(content, by=by, owner=post.school.organisation, file_name=file_name)
    if VicePrincipal.objects.standing().filter(pk=post.pk).update(consent=scan) != 1:
        raise Refused("changed", CHANGED)
    post.consent = scan
    audit.record("viceprincipal.consent", post, by=by, is_now=scan.sha256[:12])
    return post


@verb
def add_training(post: VicePrincipal, *, by: Actor, hours: int) -> VicePrincipal:
    """Add hours of training that the person has had."""
    require(by, Permission.VICE_PRINCIPAL_PROPOSE, post)
    if not 0 < hours <= MOST_HOURS - post.training_hours:
        raise Refused("vice_principal_hours", _("Enter hours between 1 and %(most)s."), most=MOST_HOURS)
    rows = VicePrincipal.objects.standing().filter(pk=post.pk)
    if rows.update(training_hours=F("training_hours") + hours) != 1:
        raise Refused("changed", CHANGED)
    post.refresh_from_db(fields=["training_hours"])
    audit.record("viceprincipal.train", post, by=by, is_now=str(post.training_hours), hours=hours)
    return post


@verb
def appoint(post: VicePrincipal, *, by: Actor, starts_on: dt.date) -> VicePrincipal:
    """Begin the term of office. The database refuses it before training and consent, and at one school too many."""
    move(post, "appoint", by=by, starts_on=starts_on, ends_on=starts_on + relativedelta(years=post.years))
    people = notices.members(post.school_id, Role.SCHOOL_LEAD, Role.COORDINATOR)
    _tell("vice_principal_appointed", post, people, last_day=post.last_day.isoformat())
    return post


@verb
def end(post: VicePrincipal, *, by: Actor, reason: str) -> VicePrincipal:
    """Give up a candidate, or end a term of office today, with the reason."""
    if not reason.strip():
        raise Refused("vice_principal_reason", _("Say why it ends."))
    dates = {}
    if post.starts_on and post.ends_on:
        dates["ends_on"] = max(min(clock.today(), post.ends_on), post.starts_on + dt.timedelta(days=1))
    move(post, "end", by=by, reason=free_text(reason), **dates)
    others = (
        notices.officers(post.school.district_id) if by.is_school else notices.members(post.school_id, Role.SCHOOL_LEAD)
    )
    _tell("vice_principal_ended", post, others, reason=post.reason)
    return post


def _plain(words: str) -> str:
    return " ".join(words.split())


def _tell(kind: str, post: VicePrincipal, to, **facts: str) -> None:
    notices.send(
        kind,
        to=to,
        subject=f"viceprincipal:{post.pk}",
        path=f"/vice-principals/{post.pk}/",
        facts={"school": post.school.organisation.name_zh, **facts},
    )
