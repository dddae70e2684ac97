"""What time alone brings about: agreements and titles that run out. Safe to run twice: a notice is written once."""

from partnerships.models import Agreement, Listing, Recognition
from people import notices, thresholds
from people.models import District, Organisation
from people.roles import Role
from people.workflow import verb
from portal.lib import clock

LEADS = (Role.SCHOOL_LEAD, Role.VENUE_LEAD)


def remind() -> int:
    """Tell leads and bureaus what ends soon, each once. Returns how many notices are new."""
    return sum(_of(district) for district in District.objects.all())


@verb
def _of(district: District) -> int:
    """One district a transaction: a long one would hold back the others."""
    return _agreements(district) + _titles(district)


def _bureau(district: District) -> list[int]:
    bureaus = Organisation.objects.filter(district=district, kind=Organisation.Kind.BUREAU)
    return list(bureaus.values_list("pk", flat=True))


def _agreements(district: District) -> int:
    days = thresholds.of(district.pk)["agreement_expiring_days"]
    new = 0
    for agreement in Agreement.objects.filter(district=district).expiring(clock.today(), days):
        parties = list(agreement.parties.present().values_list("organisation_id", flat=True))
        for organisation in [*parties, *_bureau(district)]:
            new += notices.send(
                "agreement_ends_soon",
                to=notices.members(organisation, *LEADS, Role.BUREAU_OFFICER),
                subject=f"agreement:{agreement.pk}:{agreement.ends_on}",
                path=f"/agreements/{agreement.pk}/",
                facts={"title": agreement.title, "last_day": agreement.last_day.isoformat()},
            )
    return new


def _titles(district: District) -> int:
    """Titles of venues that the district lists: to the venue's lead and the bureau."""
    days = thresholds.of(district.pk)["recognition_warning_days"]
    listed = Listing.objects.listed().filter(district=district).values("organisation_id")
    new = 0
    for title in Recognition.objects.running_out(clock.today(), days).filter(venue__in=listed):
        for organisation in [title.venue_id, *_bureau(district)]:
            new += notices.send(
                "recognition_ends_soon",
                to=notices.members(organisation, Role.VENUE_LEAD, Role.BUREAU_OFFICER),
                subject=f"recognition:{title.pk}:{title.ends_on}",
                path=f"/venues/{title.venue_id}/",
                facts={
                    "title": title.title,
                    "organisation": title.venue.organisation.name_zh,
                    "last_day": title.last_day.isoformat(),
                },
            )
    return new
