"""An agreement ended after its preview: on a phone, one visit kept, one moved, one cancelled – and exactly that happens."""

import datetime as dt

import pytest

from activities.models import Booking
from partnerships.models import Agreement, Commitment
from people.models import Notice
from people.roles import Role
from portal import books
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.activities import a_booking, a_programme, a_session, a_town, local, next_weekday

BIGGER = "document.documentElement.style.fontSize = '130%'"


@pytest.fixture
def town(live):
    """Three groups booked after the day on which the museum wants to end, and a free date before it."""
    found = a_town()
    term = make.a_term(found.district)
    found.agreement = make.an_agreement(found.venue, [found.school])
    for kind in ("visits", "pupils"):
        Commitment.objects.create(
            agreement=found.agreement, party=found.agreement.parties.get(position=0), term=term, kind=kind, promised=40
        )
    programme = a_programme(found.venue)
    found.early, *later = (
        a_session(found.venue, programme=programme, starts_at=local(next_weekday(3, days), 9, 30))
        for days in (12, 26, 33, 40)
    )
    found.bookings = [a_booking(found, session) for session in later]
    found.lead = people.hat(Role.VENUE_LEAD, at=found.venue.organisation)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_museum_ends_its_agreement_after_seeing_what_that_touches(town, window, sign_in, language):
    phone = window(width=360, language=language)
    page, address = phone.page, f"/agreements/{town.agreement.pk}/"
    phone.enter(sign_in(town.lead))
    phone.goto(address)
    follow(page, f"a[href='{address}terminate/']")
    page.locator("#id_last_day").fill((town.early.day + dt.timedelta(days=1)).isoformat())
    press(page, "look")
    kept, moved, gone = town.bookings
    for booking, what in ((kept, "keep"), (moved, "move"), (gone, "cancel")):
        page.locator(f"[name=booking_{booking.pk}][value^='{what}:']").check()
    page.locator("#id_reason").fill("场馆改造")
    press(page, "do")  # other choices than those that were shown: nothing is done yet
    assert [int(cell) for cell in page.locator("#sums dl dd").all_inner_texts()] == [1, 1, 1]
    assert Agreement.objects.get().state == "filed"
    page.evaluate(BIGGER)
    assert phone.overflow() == 0
    assert phone.axe() == []
    press(page, "do")
    page.wait_for_url(f"**{address}")

    after = {row.pk: (row.state, row.session_id, row.agreement_id) for row in Booking.objects.all()}
    assert after == {
        kept.pk: ("confirmed", kept.session_id, None),
        moved.pk: ("confirmed", town.early.pk, town.agreement.pk),
        gone.pk: ("cancelled_by_venue", gone.session_id, town.agreement.pk),
    }
    assert Agreement.objects.get().terminated_on == town.early.day + dt.timedelta(days=2)
    counted = {row.kind: (row.reserved, row.released) for row in Commitment.objects.all()}
    assert counted == {"visits": (1, 2), "pupils": (3, 6)}
    assert list(books.problems()) == []

    phone.enter(sign_in(town.coordinator))
    phone.goto(f"/bookings/{moved.pk}/")
    page.evaluate(BIGGER)
    assert phone.overflow() == 0
    told = Notice.objects.get(kind="agreement.impact", user=town.coordinator.user)
    assert (told.facts["keep"], told.facts["move"], told.facts["cancel"]) == (1, 1, 1)


def follow(page, link):
    with page.expect_navigation():
        page.locator(link).first.click()


def press(page, step):
    with page.expect_navigation():
        page.locator(f"button[name=step][value={step}]").click()
