"""What time alone brings about between the two sides: what is to be signed, ends, or lags behind."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from partnerships import calendar
from partnerships.models import Agreement, AgreementParty, Commitment, Listing, Recognition, Term
from people import notices, reminders, thresholds
from people.models import District, User
from people.reminders import Reminder
from people.roles import Role
from portal.lib.errors import Refused

LEADS = (Role.SCHOOL_LEAD, Role.VENUE_LEAD)
UNSIGNED = (Agreement.State.AGREED, Agreement.State.SIGNING)
MONTH = dt.timedelta(days=31)


def agreements_to_sign(today: dt.date) -> Iterator[Reminder]:
    """Texts that every party has agreed to and that begin in a few working days: to the leads that have not signed."""
    for district in District.objects.all():
        days = thresholds.of(district.pk)["agreement_sign_days"]
        parties = AgreementParty.objects.filter(
            state=AgreementParty.State.AGREED,
            agreement__district=district,
            agreement__state__in=UNSIGNED,
            agreement__starts_on__lte=today + MONTH,
        )
        for party in parties.select_related("agreement"):
            agreement = party.agreement
            if today >= _working_days_before(district, agreement.starts_on, days):
                yield Reminder(
                    subject=f"agreement:{agreement.pk}:{agreement.starts_on}",
                    to=notices.members(party.organisation_id, *LEADS),
                    path=f"/agreements/{agreement.pk}/",
                    facts={"title": agreement.title, "first_day": agreement.starts_on.isoformat()},
                    district=district.pk,
                )


def signatures_late(today: dt.date) -> Iterator[Reminder]:
    """Agreements that were filed without a school that may still sign: to its leads, again after as many days."""
    for district in District.objects.all():
        days = thresholds.of(district.pk)["agreement_late_days"]
        parties = AgreementParty.objects.late(today).filter(agreement__district=district)
        for party in parties.select_related("agreement"):
            agreement = party.agreement
            filed_on = timezone.localtime(agreement.filed_at).date()
            times = (today - filed_on).days // days
            if times:
                yield Reminder(
                    subject=f"agreement:{agreement.pk}:{party.pk}",
                    slot=str(times),
                    to=notices.members(party.organisation_id, Role.SCHOOL_LEAD),
                    path=f"/agreements/{agreement.pk}/",
                    facts={"title": agreement.title, "filed_on": filed_on.isoformat()},
                    district=district.pk,
                )


def agreements_ending(today: dt.date) -> Iterator[Reminder]:
    """Agreements that end soon: to the leads of the parties and to the bureau."""
    for district in District.objects.all():
        days = thresholds.of(district.pk)["agreement_expiring_days"]
        bureau = notices.officers(district.pk)
        for agreement in Agreement.objects.filter(district=district).expiring(today, days):
            yield Reminder(
                subject=f"agreement:{agreement.pk}:{agreement.ends_on}",
                to=[*_leads(agreement), *bureau],
                path=f"/agreements/{agreement.pk}/",
                facts={"title": agreement.title, "last_day": agreement.last_day.isoformat()},
                district=district.pk,
            )


def commitments_behind(today: dt.date) -> Iterator[Reminder]:
    """What lags behind in the term that runs, once a month: to the leads of all parties and to the bureau."""
    for term in Term.objects.on(today).select_related("district"):
        if term.week_of(today) < thresholds.of(term.district_id)["commitment_behind_week"]:
            continue
        bureau = notices.officers(term.district_id)
        for commitment in _in_force(term, today):
            if commitment.is_behind(today):
                agreement = commitment.agreement
                yield Reminder(
                    subject=f"commitment:{commitment.pk}",
                    slot=f"{today:%Y-%m}",
                    to=[*_leads(agreement), *bureau],
                    path=f"/agreements/{agreement.pk}/",
                    facts={
                        "title": agreement.title,
                        "promised": commitment.promised,
                        "reserved": commitment.reserved,
                        "delivered": commitment.delivered,
                        "due": commitment.due_by(today),
                    },
                    district=term.district_id,
                )


def titles_ending(today: dt.date) -> Iterator[Reminder]:
    """Titles of venues that run out: to the venue's lead and to the bureaus that list the venue."""
    for district in District.objects.all():
        days = thresholds.of(district.pk)["recognition_warning_days"]
        listed = Listing.objects.listed().filter(district=district).values("organisation_id")
        bureau = notices.officers(district.pk)
        titles = Recognition.objects.running_out(today, days).filter(venue__in=listed)
        for title in titles.select_related("venue__organisation"):
            yield Reminder(
                subject=f"recognition:{title.pk}:{title.ends_on}",
                to=[*notices.members(title.venue_id, Role.VENUE_LEAD), *bureau],
                path=f"/venues/{title.venue_id}/",
                facts={
                    "title": title.title,
                    "organisation": title.venue.organisation.name_zh,
                    "last_day": title.last_day.isoformat(),
                },
                district=district.pk,
            )


def _working_days_before(district: District, day: dt.date, count: int) -> dt.date:
    """By the district's calendar; where that does not reach so far, by plain days."""
    try:
        return calendar.working_day_before(district.pk, day, count)
    except Refused:
        return day - dt.timedelta(days=count)


def _in_force(term: Term, today: dt.date) -> Iterator[Commitment]:
    agreements = Agreement.objects.filter(district=term.district_id).in_force(today)
    found = Commitment.objects.filter(term=term, agreement__in=agreements.values("pk"))
    yield from found.select_related("term", "agreement")


def _leads(agreement: Agreement) -> list[User]:
    parties = agreement.parties.present().values_list("organisation_id", flat=True)
    return [user for party in parties for user in notices.members(party, *LEADS)]


reminders.declare("agreement_sign_soon", agreements_to_sign)
reminders.declare("agreement_sign_late", signatures_late)
reminders.declare("agreement_ends_soon", agreements_ending)
reminders.declare("commitment_behind", commitments_behind)
reminders.declare("recognition_ends_soon", titles_ending)
