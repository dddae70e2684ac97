"""What one wants by mail, the text for the chat, and the short links that lead from there."""

import re

import pytest
from django.urls import reverse

from people import links, notice_settings, notices
from people.models import Mute, Notice
from people.roles import Role
from tests.factories.people import actor, hat, login

pytestmark = pytest.mark.django_db


def test_choice_of_kinds_and_rhythm_is_saved(client, reader):
    login(client, reader.memberships.get())
    page = reverse("people:notice-settings")
    form = client.get(page).context["form"]
    assert form.initial["rhythm"] == "at_once"
    every = [kind.code for kind in notice_settings.mutable(reader)]
    assert form.initial["wanted"] == every
    wanted = [code for code in every if code != "booking.confirmed"]
    assert client.post(page, {"rhythm": "daily", "wanted": wanted}).url == page
    reader.refresh_from_db()
    assert reader.wants_digest
    assert list(Mute.objects.values_list("user", "kind")) == [(reader.pk, "booking.confirmed")]
    client.post(page, {"rhythm": "at_once", "wanted": every})
    assert Mute.objects.count() == 0


def test_duties_can_not_be_muted(client, reader):
    duty = next(code for code, kind in notices.KINDS.items() if kind.duty)
    assert duty not in [kind.code for kind in notice_settings.mutable(reader)]
    notice_settings.choose(
        reader, by=actor(reader.memberships.get()), wants_digest=False, unwanted=[duty, "booking.confirmed"]
    )
    assert list(Mute.objects.values_list("kind", flat=True)) == ["booking.confirmed"]


def test_everybody_chooses_among_the_kinds_that_their_hats_hear(reader):
    codes = {kind.code for kind in notice_settings.kinds_for(reader)}
    assert {"booking.confirmed", "membership.ended"} <= codes
    assert not {"booking.requested", "seal_proposed"} & codes
    hat(Role.VENUE_STAFF, who=reader)
    assert "booking.requested" in {kind.code for kind in notice_settings.kinds_for(reader)}


@pytest.mark.parametrize("has_mail", [True, False])
def test_page_says_whether_mail_leaves_the_house(client, settings, reader, has_mail):
    settings.MAIL_ON = has_mail
    login(client, reader.memberships.get())
    context = client.get(reverse("people:notice-settings")).context
    assert (context["has_mail"], context["is_mailed"]) == (has_mail, True)
    assert (context["hours"].starts, context["hours"].ends) == (20, 7)


# --- text for the chat and short links --------------------------------------------------------------------------------


def test_inbox_offers_text_with_a_link_that_lands_on_the_page(client, reader, tell):
    tell(reader)
    login(client, reader.memberships.get())
    (line,) = client.get(reverse("people:notice-list")).context["lines"]
    first, second, address = line.chat.split("\n")
    assert first.endswith("Hello rain")
    assert second == "It is about rain."
    assert re.fullmatch(r"http://testserver/s/[a-z2-7]{8}[0-9a-z]+/", address)
    assert client.get(address.removeprefix("http://testserver")).url == "/bookings/1/"


def test_signed_out_every_code_leads_to_the_same_sign_in(client, reader, tell):
    tell(reader)
    real = links.code_of(Notice.objects.get().pk)
    for code in (real, "a" * 9):
        answer = client.get(reverse("people:notice-link", args=[code]))
        assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next=/s/{code}/")


def test_a_code_that_this_house_did_not_write_does_not_exist(client, reader, tell):
    tell(reader)
    login(client, reader.memberships.get())
    pk = Notice.objects.get().pk
    good = links.code_of(pk)
    letter = "a" if good[0] != "a" else "b"
    for code in (letter + good[1:], good[:8] + "zzzz", good[:8], "x", "é" * 12, good[:8] + "z" * 40, "0" * 9):
        assert client.get(reverse("people:notice-link", args=[code])).status_code == 404


def test_a_colleague_is_led_on_only_where_their_hat_may_go_at_all(client, reader, tell):
    tell(reader)
    address = links.path_of(Notice.objects.get())
    login(client, hat(Role.TEACHER))
    assert client.get(address).url == "/bookings/1/"
    assert client.get("/bookings/1/").status_code == 404  # and there the page itself decides
    login(client, hat(Role.AUDIT_READER))
    assert client.get(address).status_code == 404


def test_links_never_lead_out_of_the_house(client, reader, kinds):
    notices.send("test.plain", to=[reader], subject="x:9", path="//evil.example/", facts={"thing": "rain"})
    login(client, reader.memberships.get())
    assert client.get(links.path_of(Notice.objects.get())).url == reverse("people:notice-list")
