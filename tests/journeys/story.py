"""The people and windows of the chain's journey, and the small gestures that its chapters share."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from partnerships.models import School, Venue
from people.models import District, Membership, Organisation
from people.roles import Role
from tests.browsing import Window
from tests.factories import people

DATA = Path(__file__).parent / "data"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.date(2026, 9, 7)  # the story begins here, in the second week of the term
VISIT = dt.date(2026, 9, 16)
CLUB_FROM, CLUB_UNTIL = dt.date(2026, 9, 15), dt.date(2026, 10, 27)
VENUE, SCHOOLS = "深圳科学技术馆", ("楼村小学", "东周小学", "光明小学", "秋硕小学")


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class Story:
    """`desk` and `phone` are taken up by one person after the other; `hats` are made when first worn."""

    district: District
    desk: Window
    phone: Window
    sign_in: object
    hats: dict[tuple[str, int], Membership] = field(default_factory=dict)

    def hat(self, role: Role, at: Organisation) -> Membership:
        if (role, at.pk) not in self.hats:
            self.hats[role, at.pk] = people.hat(role, at=at)
        return self.hats[role, at.pk]

    def take(self, window: Window, role: Role, at: Organisation, path: str) -> Page:
        """Somebody sits down at a window, signs in and opens a page."""
        window.context.clear_cookies()
        window.enter(self.sign_in(self.hat(role, at)))
        assert window.goto(path).status == 200
        return window.page

    @property
    def bureau(self) -> Organisation:
        return Organisation.objects.get(district=self.district, kind=Organisation.Kind.BUREAU)

    @property
    def venue(self) -> Venue:
        return Venue.objects.select_related("organisation").get(organisation__name_zh=VENUE)

    @property
    def schools(self) -> list[School]:
        """The four schools, ours first."""
        found = {school.organisation.name_zh: school for school in School.objects.select_related("organisation")}
        return [found[name] for name in SCHOOLS]


def press(page: Page, action: str) -> None:
    """Press the button of the form that posts to an address ending so."""
    page.locator(f"form[action$='{action}'] button:not([data-close])").last.click()


def fill(page: Page, **values: object) -> None:
    """Fill fields by name: text and dates, choices, ticks."""
    for name, value in values.items():
        box = page.locator(f"main form [name='{name}']")
        for one in value if isinstance(value, list) else [value]:
            if one is True:
                box.check()
            elif box.first.get_attribute("type") in ("checkbox", "radio"):
                page.locator(f"main form [name='{name}'][value='{one}']").check()
            elif box.evaluate("field => field.tagName") == "SELECT":
                box.select_option(str(one))
            else:
                box.fill(str(one))


def send(page: Page) -> None:
    """Press the main button of the page's own form."""
    page.locator("main .form__actions button").first.click()
    page.wait_for_load_state()


def told(page: Page) -> bool:
    """The page says in a toast that something has happened, and complains about nothing."""
    page.locator(".toast").first.wait_for()
    return page.locator(".note--red:visible, .field--wrong").count() == 0
