"""Notices by mail, against a real mail server: once each, in the reader's language, and not when the cause has gone."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people import deliveries, links, matters, notices
from people.models import Delivery, Mute, Notice, ThresholdValue
from people.roles import Role
from portal.lib import clock
from tests.boundaries.source import modules
from tests.factories.people import hat, user
from tests.lib.mailserver import text_of
from tests.notices.conftest import EVENING, MORNING

pytestmark = pytest.mark.django_db


def test_run_sends_a_letter_once_with_text_html_and_link(server, morning, reader, tell):
    tell(reader)
    assert [deliveries.run(), deliveries.run()] == [1, 0]
    (letter,) = server.taken
    notice = Notice.objects.get()
    assert server.recipients == [reader.email]
    assert str(letter["Subject"]) == "【馆校通】Hello rain"
    assert letter["Auto-Submitted"] == "auto-generated"
    link = f"https://guanxiao.example/s/{links.code_of(notice.pk)}/"
    assert text_of(letter).startswith(f"It is about rain.\n{link}\n")
    html = letter.get_body(("html",)).get_content()
    assert f'<a href="{link}">' in html
    assert "<h2>Hello rain</h2>" in html


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "[Guanxiao] Your membership has ended"), ("zh-hans", "【馆校通】您的身份已结束")]
)
def test_letters_speak_the_readers_language(server, morning, reader, language, subject):
    reader.language = language
    reader.save()
    notices.send("membership.ended", to=[reader], subject="membership:1", facts={"organisation": "示例学校"})
    deliveries.run()
    assert str(server.taken[0]["Subject"]) == subject
    assert server.taken[0]["Content-Language"] == {"en": "en", "zh-hans": "zh-Hans"}[language]


def test_nobody_is_written_to_without_server_address_or_real_account(settings, server, morning, reader, tell):
    away = user(email="gone@school.example", is_active=False)
    shown = user(email="demo@school.example", is_demo=True)
    tell(user(), away, shown)
    settings.MAIL_ON = False
    tell(reader)
    assert Notice.objects.count() == 4
    assert Delivery.objects.count() == 0


def test_telling_twice_writes_one_delivery(server, morning, reader, tell):
    assert [tell(reader), tell(reader)] == [1, 0]
    assert Delivery.objects.count() == 1


def test_send_asks_the_database_the_same_for_one_and_for_many(server, morning, kinds, reader, tell):
    many = [user(email=f"one{n}@school.example") for n in range(20)]
    with CaptureQueriesContext(connection) as one:
        tell(reader)
    with CaptureQueriesContext(connection) as twenty:
        tell(*many, subject="x:2", district=1)
    assert (len(one), len(twenty)) == (2, 3)
    assert Delivery.objects.count() == 21


# --- quiet hours ------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_at_night_and_everything_in_the_morning(server, clock, reader, tell):
    clock.to(EVENING)
    tell(reader)
    assert deliveries.run() == 0
    assert Delivery.objects.get().next_try_at == MORNING.replace(day=19, hour=7)
    assert Delivery.objects.get().attempts == 0
    clock.to(MORNING.replace(day=19, hour=6, minute=59))
    assert deliveries.run() == 0
    clock.to(MORNING.replace(day=19, hour=7))
    assert deliveries.run() == 1


@pytest.mark.parametrize(("hour", "sent"), [(19, 1), (20, 0), (23, 0), (0, 0), (6, 0), (7, 1)])
def test_quiet_hours_are_half_open(server, clock, reader, tell, hour, sent):
    clock.to(MORNING.replace(hour=hour))
    tell(reader)
    assert deliveries.run() == sent


def test_urgent_kinds_keep_no_quiet_hours_and_no_digest(server, clock, reader, kinds, tell):
    clock.to(EVENING)
    reader.wants_digest = True
    reader.save()
    tell(reader, kind=kinds("test.urgent", urgent=True))
    tell(reader, kind=kinds("test.perhaps", urgent=lambda notice: notice.facts["thing"] == "snow"), subject="x:2")
    assert deliveries.run() == 1
    assert len(server.taken) == 1


def test_a_district_sets_its_own_hours(server, clock, reader, tell):
    clock.to(MORNING)
    district = reader.memberships.get().organisation.district
    for code, hour in (("quiet_from", 8), ("quiet_until", 10)):
        _value(district, code, hour)
    tell(reader)
    assert deliveries.run() == 0
    clock.forward(hours=1)
    assert deliveries.run() == 1


def test_the_hours_are_those_of_the_district_of_the_matter(server, clock, reader, tell):
    """A reader with hats in two districts, and a venue's member with none: what counts is which district it is about."""
    clock.to(MORNING)
    other = hat(Role.COORDINATOR, who=reader).organisation
    for code, hour in (("quiet_from", 8), ("quiet_until", 10)):
        _value(other.district, code, hour)
    guide = hat(Role.VENUE_STAFF).user
    guide.email = "guide@venue.example"
    guide.save()
    first = reader.memberships.order_by("pk").first().organisation
    tell(reader, guide, subject=f"organisation:{other.pk}")
    tell(reader, guide, subject=f"organisation:{first.pk}")
    assert deliveries.run() == 2
    assert {row.notice.subject for row in Delivery.objects.filter(sent_at=None)} == {f"organisation:{other.pk}"}
    clock.forward(hours=1)
    assert deliveries.run() == 2


def test_a_matter_of_several_districts_keeps_the_hours_of_the_readers_own(server, clock, reader, tell, monkeypatch):
    clock.to(MORNING)
    own, other = reader.memberships.get().organisation.district, hat(Role.COORDINATOR).organisation.district
    for code, hour in (("quiet_from", 8), ("quiet_until", 10)):
        _value(other, code, hour)
    monkeypatch.setattr(deliveries.matters, "districts_of", lambda notice: {other.pk, own.pk})
    tell(reader)
    assert deliveries.run() == 1


def test_every_subject_of_the_code_leads_to_its_districts():
    """Words that stand for no row of a district: an account, the check of the books."""
    nouns = {
        noun
        for _name, path, _tree in modules()
        for noun in re.findall(r"""subject=f?"([a-z_]+):""", path.read_text(encoding="utf-8"))
    }
    assert {"agreement", "booking", "day_off", "no_show", "publish", "waitlist"} <= nouns
    assert sorted(noun for noun in nouns if matters.model_of(noun) is None) == ["books", "user"]


def _value(district, code, value):
    ThresholdValue.objects.create(
        district=district, code=code, value=value, starts_on=clock.today(), reason="a test", set_at=clock.now()
    )


# --- what a person chose ----------------------------------------------------------------------------------------------


def test_a_digest_gathers_the_day_in_one_letter_in_the_morning(server, morning, reader, tell):
    reader.wants_digest = True
    reader.save()
    for n in range(3):
        tell(reader, subject=f"x:{n}")
        morning.forward(hours=3)
    assert deliveries.run() == 0
    morning.to(MORNING.replace(day=19, hour=7))
    tell(reader, subject="x:of-the-new-day")
    assert deliveries.run() == 3
    (letter,) = server.taken
    assert str(letter["Subject"]) == "【馆校通】今日 3 条通知"
    assert text_of(letter).count("https://guanxiao.example/s/") == 3
    morning.to(MORNING.replace(day=20, hour=7))
    assert deliveries.run() == 1


def test_a_muted_kind_stays_in_the_inbox_and_leaves_the_house_not(server, morning, reader, kinds, tell):
    Mute.objects.create(user=reader, kind="test.plain")
    duty = kinds("test.duty", duty=True)
    Mute.objects.create(user=reader, kind=duty)
    tell(reader)
    tell(reader, kind=duty)
    assert deliveries.run() == 1
    assert Notice.objects.filter(user=reader).count() == 2
    assert Delivery.objects.count() == 1


def test_what_is_muted_or_unreachable_by_the_time_of_sending_is_dropped(server, clock, reader, tell):
    clock.to(EVENING)
    other = user(email="other@school.example")
    tell(reader, other)
    Mute.objects.create(user=reader, kind="test.plain")
    other.is_active = False
    other.save()
    clock.to(MORNING.replace(day=19))
    assert deliveries.run() == 0
    assert list(Delivery.objects.values_list("fault", flat=True)) == ["no longer so"] * 2


# --- the cause --------------------------------------------------------------------------------------------------------


def test_the_cause_is_asked_again_just_before_sending(server, morning, reader, kinds, tell):
    stands = {"x:1"}
    kind = kinds("test.cause", holds=lambda notice: notice.subject in stands)
    tell(reader, kind=kind, subject="x:1")
    tell(reader, kind=kind, subject="x:2")
    assert deliveries.run() == 1
    dropped = Delivery.objects.get(sent_at=None)
    assert (dropped.notice.subject, dropped.fault, dropped.dropped_at) == ("x:2", "no longer so", clock.now())
    assert len(server.taken) == 1


def test_a_check_that_breaks_is_tried_again_and_holds_up_nobody(server, morning, reader, kinds, tell):
    def broken(notice):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    tell(reader, kind=kinds("test.broken", holds=broken))
    tell(reader, subject="x:2")
    assert deliveries.run() == 1
    left = Delivery.objects.get(sent_at=None)
    assert (left.fault, left.next_try_at) == ("check failed", clock.now() + dt.timedelta(minutes=1))


def test_a_kind_that_no_longer_exists_is_dropped(server, morning, reader, tell):
    tell(reader)
    del notices.KINDS["test.plain"]
    assert deliveries.run() == 0
    assert Delivery.objects.get().dropped_at == clock.now()


# --- the queue --------------------------------------------------------------------------------------------------------


def test_a_lease_keeps_others_away_until_it_is_over(server, morning, reader, tell):
    tell(reader)
    Delivery.objects.update(leased_until=clock.now() + deliveries.LEASE)
    assert deliveries.run() == 0
    morning.forward(seconds=deliveries.LEASE.total_seconds())
    assert deliveries.run() == 1


def test_whoever_comes_back_after_the_lease_marks_nothing(server, morning, reader, tell):
    tell(reader)
    letter = deliveries._take(but=set())
    Delivery.objects.update(leased_until=clock.now() + 2 * deliveries.LEASE)
    assert deliveries._mark(letter, sent_at=clock.now()) == 0


def test_message_ids_are_stable_over_attempts(server, morning, reader, tell):
    tell(reader)
    server.drops = "ANSWER"  # taken, but nobody says so
    deliveries.run()
    server.drops = ""
    morning.forward(minutes=1)
    deliveries.run()
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1
    assert server.ids[0] == f"<notice.{Delivery.objects.get().pk}@guanxiao.example>"
