"""Two words about one row are two people's: one person in two hats does not agree with themselves."""

import pytest

from activities import appointments, assignments, confirmations, exemptions, receipts
from activities.models import Booking, Exemption, NoShow
from people.models import Membership, Organisation
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.breaking import change, refused_as
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.counselors import a_counselor, actor_of, hat_of
from tests.factories.people import actor, hat
from tests.factories.rules import an_exemption

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


def also(one: Membership, role: Role, at: Organisation) -> Membership:
    """The same person in another hat."""
    return hat(role, at=at, who=one.user)


def refused(act) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


@pytest.mark.guards("exemption_two_people")
def test_whoever_asked_for_an_exception_does_not_grant_it(town):
    asked = an_exemption(a_session(town.venue), town.school, asked_by=town.coordinator)
    twin = also(town.coordinator, Role.VENUE_STAFF, town.venue.organisation)
    assert not exemptions.decides(asked, actor(twin))
    assert list(Exemption.objects.awaiting(actor(town.staff))) == [asked]
    assert list(Exemption.objects.awaiting(actor(twin))) == []
    for act in (exemptions.grant, exemptions.refuse):
        assert refused(lambda act=act: act(asked, by=actor(twin), answer="同意")) == "exemption_two_people"
        asked.refresh_from_db()
    exemptions.grant(asked, by=actor(town.staff), answer="同意")
    with refused_as("exemption_two_people"):
        change("activities_exemption", asked.pk, f"decided_by_id = {twin.pk}")


@pytest.mark.guards("confirmationsheet_two_people")
def test_one_person_does_not_accept_a_sheet_for_both_sides(town):
    booking = a_booking(town, a_session(town.venue))
    twin = also(town.coordinator, Role.VENUE_STAFF, town.venue.organisation)

    def accept(who: Membership):
        read = Booking.objects.with_names().get(pk=booking.pk)
        return confirmations.accept(read, by=actor(who), digest=receipts.digest(read))

    accept(town.coordinator)
    assert refused(lambda: accept(twin)) == "confirmationsheet_two_people"
    sheet = accept(town.staff)
    with refused_as("confirmationsheet_two_people"):
        change("activities_confirmationsheet", sheet.pk, f"host_by_id = {twin.pk}")


@pytest.mark.guards("outing_two_people")
def test_whoever_approved_an_outing_for_the_school_does_not_file_it(town):
    outing = a_booking(town, a_session(town.venue)).outing
    lead = hat(Role.SCHOOL_LEAD, at=town.school.organisation)
    twin = also(lead, Role.BUREAU_OFFICER, town.bureau.organisation)
    with refused_as("outing_two_people"):
        change("activities_outing", outing.pk, f"approved_by_id = {lead.pk}, filed_by_id = {twin.pk}")
    change("activities_outing", outing.pk, f"approved_by_id = {lead.pk}, filed_by_id = {town.bureau.pk}")


@pytest.mark.guards("noshow_two_people")
def test_whoever_disputed_a_no_show_does_not_decide_it(town):
    booking, day = a_booking(town, a_session(town.venue)), clock.today()
    record = NoShow.objects.create(
        booking=booking, school=town.school, host=town.venue.organisation, district=town.district,
        day=day, dispute_until=day, recorded_by=town.staff,
    )  # fmt: skip
    twin = also(town.coordinator, Role.BUREAU_OFFICER, town.bureau.organisation)
    with refused_as("noshow_two_people"):
        change("activities_noshow", record.pk, f"disputed_by_id = {town.coordinator.pk}, decided_by_id = {twin.pk}")


@pytest.mark.guards("assignment_two_people")
@pytest.mark.guards("appointment_two_people")
def test_nobody_chooses_themselves_as_a_counselor(town):
    counselor = a_counselor(listed_in=[town.district])
    twin = also(hat_of(counselor), Role.VENUE_STAFF, town.venue.organisation)
    invited = assignments.invite(a_session(town.venue), counselor=counselor, by=actor(twin))
    assert refused(lambda: assignments.accept(invited, by=actor_of(counselor))) == "assignment_two_people"

    twin = also(hat_of(counselor), Role.SCHOOL_LEAD, town.school.organisation)
    year = clock.today().year
    offered = appointments.offer(town.school, counselor=counselor, school_year=year, by=actor(twin))
    assert refused(lambda: appointments.accept(offered, by=actor_of(counselor))) == "appointment_two_people"
