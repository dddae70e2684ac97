"""The chapters of a counselor's journey: by a link onto the platform, through both offices, into a session."""

from activities.models import Assignment, Check, Counselor, Session
from partnerships.models import Listing, School, Venue
from people.models import Organisation
from people.roles import Role
from tests.factories import activities
from tests.journeys.story import VISIT, Story, at, fill, press, send, told

NAME, PHONE_NUMBER = "陆行舟", "13900001234"


def the_school_hands_out_a_link(story: Story, school: School) -> str:
    """The lead prints an invitation; answers the path of its link."""
    page = story.take(story.desk, Role.SCHOOL_LEAD, school.organisation, "/counselors/")
    page.locator("a[href='/counselors/invite/']").first.click()
    fill(page, full_name=NAME)
    send(page)
    address = page.locator(".invitation__address").inner_text().strip()
    return address[address.index("/invitations/") :]


def the_person_comes_in(story: Story, link: str) -> Counselor:
    """On the phone: an account, a profile, consent, an application; each step is what the page before proposed."""
    phone = story.phone
    phone.context.clear_cookies()
    assert phone.goto(link).status == 200
    page = phone.page
    fill(
        page,
        full_name=NAME,
        username="luxingzhou",
        mobile=PHONE_NUMBER,
        password="clear-water-42",
        again="clear-water-42",
    )
    send(page)
    page.locator("main a[href='/counselors/me/edit/']").first.click()
    assert (phone.axe(), phone.overflow()) == ([], 0)
    fill(page, kind="scientist", employer="示例研究院", fields_known=["physics", "astronomy"], grades=["4", "5", "6"])
    fill(page, certification="intermediate", availability=["31"])
    send(page)
    assert told(page)
    press(page, "/counselors/me/consent/")
    assert told(page)
    page.locator("a[href='/counselors/me/apply/']").first.click()
    fill(page, district=story.district.pk)
    send(page)
    assert told(page)
    assert (phone.axe(), phone.overflow()) == ([], 0)
    counselor = Counselor.objects.get()
    story.hats[Role.COUNSELOR, counselor.pk] = counselor.organisation.memberships.get()
    assert (counselor.availability, counselor.organisation.listings.get().state) == ([31], "applied")
    return counselor


def both_offices_agree(story: Story, counselor: Counselor) -> None:
    """Joint review, each office with its reason; the counselor is found only after the second one."""
    listing = Listing.objects.get(organisation=counselor.pk)
    partner = Organisation.objects.get(kind=Organisation.Kind.PARTNER_OFFICE, district=story.district)
    for role, office in ((Role.BUREAU_OFFICER, story.bureau), (Role.PARTNER_OFFICER, partner)):
        page = story.take(story.desk, role, office, "/counselors/")
        page.locator(f"a[href='/listings/{listing.pk}/review/']").first.click()
        fill(page, verdict="approve", reason="品行良好，经验丰富")
        send(page)
        assert told(page)
    listing.refresh_from_db()
    assert listing.state == Listing.State.LISTED


def the_bureau_checks(story: Story, counselor: Counselor) -> None:
    page = story.take(story.desk, Role.BUREAU_OFFICER, story.bureau, "/")
    page.locator(f"main a[href='/counselors/{counselor.pk}/check/']").first.click()
    fill(page, outcome="clear")
    send(page)
    assert told(page)
    assert Check.objects.get().outcome == "clear"


def the_venue_invites(story: Story, venue: Venue, counselor: Counselor) -> Session:
    """On the page of its session the venue says that it needs somebody, and asks the one who fits."""
    session = activities.a_session(venue, starts_at=at(VISIT, 9, 30))
    page = story.take(story.desk, Role.VENUE_STAFF, venue.organisation, f"/sessions/{session.pk}/")
    page.locator(f"a[href='/sessions/{session.pk}/counselors/']").first.click()
    fill(page, wanted=True, field="physics")
    press(page, "/need/")
    assert told(page)
    assert PHONE_NUMBER not in page.content()
    assert (story.desk.axe(), story.desk.overflow()) == ([], 0)
    press(page, "/invite/")
    assert told(page)
    assert Assignment.objects.get().state == Assignment.State.INVITED
    return session


def both_have_agreed(story: Story, venue: Venue, counselor: Counselor) -> Assignment:
    """The counselor accepts on the phone; only now the venue reads the number."""
    assignment = Assignment.objects.get()
    page = story.take(story.phone, Role.COUNSELOR, counselor.organisation, "/")
    page.locator(f"main a[href='/assignments/{assignment.pk}/']").first.click()
    assert (story.phone.axe(), story.phone.overflow()) == ([], 0)
    press(page, "/accept/")
    assert told(page)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.is_live) == (Assignment.State.CONFIRMED, True)
    page = story.take(story.desk, Role.VENUE_STAFF, venue.organisation, f"/assignments/{assignment.pk}/")
    assert page.locator(f"a[href='tel:{PHONE_NUMBER}']").count() == 1
    return assignment
