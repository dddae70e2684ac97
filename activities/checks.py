"""准入查询: recording the answer of a background check, and whether somebody may be in front of pupils on a day."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

from activities import counselor_notices
from activities.models import Assignment, Check, Counselor
from partnerships.models import Listing
from people import audit, thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

Lacking = Assignment.Lacking
NO_CONSENT = _("The counselor has not agreed to the background check yet.")


@verb
def record(counselor: Counselor, *, by: Actor, outcome: str, checked_on: dt.date) -> Check:
    """The bureau writes down the answer that it got: clear or not clear, on which day. Nothing else is kept.

    How long a clear answer counts is the district's. Raises Refused without the person's consent, or for a day
    before the consent or in the future.
    """
    require(by, Permission.CHECK_RECORD, counselor)
    assert by.organisation is not None
    counselor = Counselor.objects.select_for_update(of=("self",)).get(pk=counselor.pk)
    if counselor.consented_on is None:
        raise Refused("check.consent", NO_CONSENT)
    if checked_on > clock.today():
        raise Refused("check.future", _("A check that lies ahead has no answer yet."))
    clear = outcome == Check.Outcome.CLEAR
    months = thresholds.of(by.district_id)["counselor_check_months"]
    check = Check.objects.create(
        counselor=counselor,
        unit=by.organisation,
        consented_on=counselor.consented_on,
        checked_on=checked_on,
        outcome=outcome,
        valid_until=checked_on + relativedelta(months=months) if clear else None,
    )
    audit.record("check.record", check, by=by, counselor=counselor.pk)  # the answer stands in the row, not in the trail
    counselor_notices.tell_check(check)
    return check


@verb
def consent(counselor: Counselor, *, by: Actor) -> None:
    """The person agrees that the bureaus of the districts they applied to ask about them."""
    require(by, Permission.COUNSELOR_EDIT, counselor)
    if Counselor.objects.filter(pk=counselor.pk, consented_on__isnull=True).update(consented_on=clock.today()):
        audit.record("counselor.consent", counselor, by=by)
    counselor.refresh_from_db(fields=["consented_on"])


@verb
def withdraw_consent(counselor: Counselor, *, by: Actor) -> None:
    """No bureau asks again. Answers that were given count until they run out."""
    require(by, Permission.COUNSELOR_EDIT, counselor)
    if Counselor.objects.filter(pk=counselor.pk, consented_on__isnull=False).update(consented_on=None):
        audit.record("counselor.withdraw_consent", counselor, by=by)
    counselor.refresh_from_db(fields=["consented_on"])


def is_needed(counselor: Counselor, district_id: int) -> bool:
    """Whether the district wants a check for this kind: parents under a teacher's eye may go without."""
    return counselor.kind in thresholds.of(district_id)["counselor_check_kinds"]


def is_valid(counselor: Counselor, district_id: int, day: dt.date) -> bool:
    """Whether the district's own check counts on `day`, or none is needed there."""
    if not is_needed(counselor, district_id):
        return True
    return Check.objects.valid_on(day).filter(counselor=counselor, unit__district=district_id).exists()


def lacking(counselor: Counselor, district_id: int, day: dt.date) -> str:
    """What keeps the counselor from a session on `day` in this district; empty when nothing does."""
    listed = Listing.objects.listed().filter(organisation_id=counselor.pk, district=district_id)
    if not listed.exists():
        return Lacking.LISTING
    return "" if is_valid(counselor, district_id, day) else Lacking.CHECK


def awaiting(district_id: int | None):
    """Counselors who agreed to a check, are listed or apply in the district, need one there, and have none in force."""
    values = thresholds.of(district_id)
    known = Listing.objects.filter(district=district_id, state__in=(Listing.State.APPLIED, Listing.State.LISTED))
    soon = clock.today() + dt.timedelta(days=values["counselor_check_warning_days"])
    standing = Check.objects.standing().filter(unit__district=district_id)
    settled = standing.filter(valid_until__gt=soon) | standing.filter(outcome=Check.Outcome.NOT_CLEAR)
    return (
        Counselor.objects.filter(pk__in=known.values("organisation"), kind__in=values["counselor_check_kinds"])
        .filter(consented_on__isnull=False)
        .exclude(pk__in=settled.values("counselor"))
        .select_related("organisation")
    )
