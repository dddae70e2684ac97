"""First half of the chain: lists come in, one agreement is signed by five sides and filed, the venue publishes."""

import datetime as dt

from activities.models import Programme, Series, Session
from partnerships.models import Agreement, Listing, School, Term, Venue
from people.models import Organisation
from people.roles import Role
from tests.journeys.story import DATA, MONDAY, VENUE, VISIT, Story, fill, press, send, told


def lists_come_in(story: Story) -> None:
    """The bureau brings schools and venues through the import page; the offices admit the museum."""
    for kind, button in (("schools", "main form[action$='/write/'] button"), ("venues", "main button[form='write']")):
        page = story.take(story.desk, Role.BUREAU_OFFICER, story.bureau, "/imports/")
        page.locator(f"main a[href$='/imports/new/{kind}/']").first.click()
        page.locator("#id_file").set_input_files(DATA / f"{kind}.csv")
        send(page)
        assert (School.objects.count(), Venue.objects.count()) == (0 if kind == "schools" else 4, 0)
        if kind == "schools":
            fill(page, pilots_from="2026-09-01")
        page.locator(button).click()
        page.wait_for_url("**/imports/runs/**")
    assert sorted(school.organisation.name_zh for school in School.objects.all()) == sorted(
        ["楼村小学", "东周小学", "光明小学", "秋硕小学"]
    )
    assert Venue.objects.count() == 3
    listing = Listing.objects.get(organisation__name_zh=VENUE)
    partner = Organisation.objects.get(kind=Organisation.Kind.PARTNER_OFFICE)
    for role, office in ((Role.BUREAU_OFFICER, story.bureau), (Role.PARTNER_OFFICER, partner)):
        page = story.take(story.desk, role, office, f"/venues/{listing.organisation_id}/")
        page.locator(f"a[href='/listings/{listing.pk}/review/']").first.click()
        fill(page, verdict="approve", reason="符合入库条件")
        send(page)
        assert told(page)
    listing.refresh_from_db()
    assert listing.state == Listing.State.LISTED


def rules_are_published(story: Story) -> None:
    """The bureau puts the starting set of credit rules in force."""
    page = story.take(story.desk, Role.BUREAU_OFFICER, story.bureau, "/credits/rules/")
    press(page, "/credits/rules/adopt/")
    assert told(page)


def an_agreement_is_signed(story: Story) -> Agreement:
    """The museum drafts; four schools agree; five sides sign online; the bureau files."""
    museum, term = story.venue.organisation, Term.objects.get()
    page = story.take(story.desk, Role.VENUE_LEAD, museum, "/agreements/")
    page.locator("main a[href='/agreements/new/']").first.click()
    fill(
        page,
        schools=[school.pk for school in story.schools],
        title="馆校合作协议（光明区）",
        areas=["activities", "after_school"],
        starts_on=MONDAY,
        last_day=MONDAY + dt.timedelta(days=2 * 365),
        terms=[term.pk],
        promise_pupils="200",
        promise_free_places="100",
    )
    send(page)
    assert told(page)
    agreement = Agreement.objects.get()
    home = f"/agreements/{agreement.pk}/"
    press(page, "/propose/")
    assert told(page)
    schools = [school.organisation for school in story.schools]
    for school in schools:
        page = story.take(story.desk, Role.SCHOOL_LEAD, school, home)
        press(page, "/agree/")
        assert told(page)
    for role, side in ((Role.VENUE_LEAD, museum), *((Role.SCHOOL_LEAD, school) for school in schools)):
        page = story.take(story.desk, role, side, home)
        page.locator(f"a[href='{home}sign/']").first.click()
        fill(page, how="online")
        send(page)
        assert told(page)
    press(page, "/submit/")
    assert told(page)
    page = story.take(story.desk, Role.BUREAU_OFFICER, story.bureau, home)
    page.locator("main a[href='/agreements/filing/']").first.click()
    press(page, f"{home}file/")
    assert told(page)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.parties.filter(how="online").count()) == (Agreement.State.FILED, 5)
    assert page.get_by_text(agreement.number).first.is_visible()
    return agreement


def the_museum_publishes(story: Story) -> Session:
    """A visit with one session and a weekly series, and a club that comes to school."""
    museum = story.venue.organisation
    visit = _programme(
        story,
        name_zh="光影与错觉展厅参观",
        name_en="Light and illusion",
        form="exhibition",
        direction="go_out",
        category="VIS",
        grades=[4, 5, 6],
        minutes="120",
        capacity="30",
        needs_task_sheet=True,
        price_kind="discounted",
        list_price="40",
        paid_price="10",
        confirmation="auto",
    )
    _programme(
        story,
        name_zh="小小工程师社团",
        name_en="Young engineers",
        form="club",
        direction="bring_in",
        category="CLB",
        grades=[3, 4, 5, 6],
        minutes="50",
        capacity="30",
        price_kind="free",
        confirmation="auto",
    )
    page = story.take(story.desk, Role.VENUE_STAFF, museum, f"/programmes/{visit.pk}/")
    page.locator(f"a[href='/programmes/{visit.pk}/sessions/new/']").first.click()
    fill(page, day=VISIT, starts="09:30", ends="11:30", capacity="30")
    send(page)
    assert told(page)
    session = Session.objects.get()
    assert session.state == Session.State.OPEN

    story.desk.goto(f"/programmes/{visit.pk}/")
    page.locator(f"a[href='/programmes/{visit.pk}/series/new/']").first.click()
    fill(page, weekdays=[4], starts_on="2026-09-24", last_day="2026-10-29", starts="14:00", ends="16:00", capacity="30")
    send(page)
    page.locator("input[name='keep']").first.wait_for()
    assert Series.objects.count() == 0
    dates = page.locator("input[name='keep']").count()
    assert dates > 3
    page.locator("input[name='keep']").last.uncheck()
    send(page)
    assert told(page)
    assert Series.objects.get().sessions.count() == dates - 1
    return session


def _programme(story: Story, **fields: object) -> Programme:
    """Describe a programme and publish it."""
    page = story.take(story.desk, Role.VENUE_STAFF, story.venue.organisation, "/programmes/")
    page.locator("main a[href='/programmes/new/']").first.click()
    fill(page, **fields)
    send(page)
    assert told(page)
    press(page, "/publish/")
    assert told(page)
    programme = Programme.objects.get(name_zh=fields["name_zh"])
    assert programme.state == Programme.State.PUBLISHED
    return programme
