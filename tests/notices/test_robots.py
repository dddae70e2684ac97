"""Robots of a district's work chat, against a server that listens: what they say, to whom, and where they never go."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidTag
from django.urls import reverse

from people import deliveries, notices, robots
from people.models import Delivery, Notice, Robot
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.people import actor, district, hat, login
from tests.lib.servers import Listener
from tests.notices.conftest import EVENING, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(morning):
    return hat(Role.BUREAU_OFFICER)


@pytest.fixture
def group(settings):
    """The chat's server: it answers 200 without a word, which counts as busy, unless told otherwise."""
    settings.OUTBOUND_LOOPBACK = True
    with Listener(answers=[(200, {})]) as listening:
        yield listening


@pytest.fixture
def takes(monkeypatch):
    """What the chat says in its JSON."""
    said = {"errcode": 0}
    monkeypatch.setattr(robots, "_errcode", lambda body: said["errcode"])
    return said


def register(officer, url, **more):
    fields = {"name": "科普工作群", "form": "wecom", "address": url, "kinds": ["test.plain"]} | more
    return robots.register(officer.organisation.district, by=actor(officer), **fields)


def test_a_robot_says_a_thing_once_to_its_own_district(officer, group, takes, tell):
    register(officer, group.url)
    district_id = officer.organisation.district_id
    colleagues = [hat(Role.COORDINATOR).user for _n in range(3)]
    tell(*colleagues, district=district_id)
    tell(hat(Role.COORDINATOR).user, district=district_id)
    tell(*colleagues, subject="x:2", district=district().pk)
    tell(*colleagues, subject="x:3")
    assert deliveries.run() == 1
    (heard,) = group.heard
    body = json.loads(heard.body)
    lines = body["text"]["content"].split("\n")
    assert body["msgtype"] == "text"
    assert lines[0].endswith("Hello rain")
    assert lines[1] == "It is about rain."
    assert "/s/" in lines[2]


def test_a_robot_never_says_a_name_or_a_typed_reason(kinds):
    kinds("test.body", "Hello", "By %(name)s")
    kinds("test.title", "%(person)s came", "because of %(reason)s")
    kinds("test.chat", "%(person)s came", "Body", chat="Somebody came: %(thing)s")
    sayable = {kind.code: kind.group_texts for kind in notices.for_groups()}
    assert sayable["test.body"] == ["Hello"]
    assert sayable["test.chat"] == ["Somebody came: %(thing)s"]
    assert "test.title" not in sayable
    assert "work.handed_over" not in sayable  # nobody says of which district
    assert not any("reason" in str(text) for texts in sayable.values() for text in texts if "%" in str(text))


def test_quiet_hours_hold_for_groups(clock, group, takes, tell):
    clock.to(EVENING)
    officer = hat(Role.BUREAU_OFFICER)
    register(officer, group.url)
    tell(officer.user, district=officer.organisation.district_id)
    assert deliveries.run() == 0
    clock.to(MORNING.replace(day=19))
    assert deliveries.run() == 1


def test_dingtalk_signs_what_it_sends(officer, group, takes, tell):
    register(officer, group.url + "?access_token=t", form="dingtalk", secret="SEC1")
    tell(officer.user, district=officer.organisation.district_id)
    deliveries.run()
    query = parse_qs(urlsplit(group.heard[0].path).query)
    stamp = query["timestamp"][0]
    expected = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()
    assert query["access_token"] == ["t"]
    assert int(stamp) == int(clock.now().timestamp() * 1000)
    assert base64.b64decode(query["sign"][0]) == expected


@pytest.mark.parametrize(
    ("status", "errcode", "ends", "fault"),
    [
        (200, 93000, "dead", "errcode 93000"),  # WeCom: no such robot
        (200, 45009, "waits", "errcode 45009"),  # too many a minute
        (200, -1, "waits", "errcode -1"),
        (404, 0, "dead", "http 404"),
        (500, 0, "waits", "http 500"),
        (302, 0, "waits", "http 302"),  # a redirect is never followed
    ],
)
def test_what_the_chat_answers_decides(officer, group, takes, tell, status, errcode, ends, fault):
    group.answer(status, Location="http://127.0.0.1:1/elsewhere")
    takes["errcode"] = errcode
    register(officer, group.url)
    tell(officer.user, district=officer.organisation.district_id)
    assert deliveries.run() == 0
    row = Delivery.objects.get()
    assert (row.fault, "dead" if row.dead_at else "waits") == (fault, ends)
    assert len(group.heard) == 1


@pytest.mark.parametrize(
    ("body", "code"), [(b'{"errcode": 0}', 0), (b'{"errcode": 7}', 7), (b"{}", 0), (b"[]", -1), (b"<html>", -1)]
)
def test_errcode_reads_both_chats(body, code):
    assert robots._errcode(body) == code


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/x",
        "https://127.0.0.1/x",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://user:word@qyapi.weixin.qq.com/x",
        "ftp://qyapi.weixin.qq.com/x",
        "nonsense",
    ],
)
def test_register_refuses_what_is_not_a_public_https_address(officer, kinds, address):
    with pytest.raises(Refused) as no:
        register(officer, address)
    assert no.value.code in ("address_needed", "address_private")
    assert Robot.objects.count() == 0


@pytest.mark.parametrize("found", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_that_turns_private_after_registration_is_not_called(officer, tell, monkeypatch, found):
    register(officer, "https://robot.example/hook")
    tell(officer.user, district=officer.organisation.district_id)
    answer = [(2, 1, 6, "", (found, 443)), (2, 1, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **rest: answer)
    assert deliveries.run() == 0
    assert Delivery.objects.get().fault == "unreachable address"


def test_switched_off_it_hears_nothing_and_what_waited_is_dropped(officer, group, takes, tell):
    robot = register(officer, group.url)
    tell(officer.user, district=officer.organisation.district_id)
    robots.switch(robot, by=actor(officer), on=False)
    tell(officer.user, subject="x:2", district=officer.organisation.district_id)
    assert deliveries.run() == 0
    assert [row.fault for row in Delivery.objects.all()] == ["no longer so"]
    assert group.heard == []


def test_the_address_lies_sealed_and_never_comes_back_to_a_page(client, officer, group, kinds):
    robot = register(officer, group.url + "?key=open-sesame", secret="SEC2")
    robot.refresh_from_db()
    assert b"open-sesame" not in bytes(robot.sealed)
    assert robot.open() == (group.url + "?key=open-sesame", "SEC2")
    login(client, officer)
    for page in (reverse("people:robot-list"), reverse("people:robot-page", args=[robot.pk])):
        text = client.get(page).content.decode()
        assert "open-sesame" not in text
        assert "SEC2" not in text
    with pytest.raises(InvalidTag):  # moved to another row the bytes don't open
        Robot(sealed=robot.sealed, key_id=robot.key_id).open()


def test_officer_registers_and_changes_by_form(client, officer, group, kinds):
    login(client, officer)
    form = {"name": "群一", "form": "wecom", "address": group.url, "secret": "", "kinds": ["test.plain"]}
    assert client.post(reverse("people:robot-new"), form).url == reverse("people:robot-list")
    robot = Robot.objects.get()
    again = client.post(reverse("people:robot-new"), form)
    assert "name" in again.context["form"].errors
    kept = form | {"name": "群二", "address": "", "kinds": ["test.plain", "booking.soon"]}
    assert client.post(reverse("people:robot-page", args=[robot.pk]), kept).status_code == 302
    robot.refresh_from_db()
    assert (robot.name, robot.kinds, robot.open()) == ("群二", ["booking.soon", "test.plain"], (group.url, ""))
    bad = client.post(reverse("people:robot-page", args=[robot.pk]), form | {"address": "https://10.0.0.1/"})
    assert list(bad.context["form"].errors) == ["address"]
    assert client.post(reverse("people:robot-switch", args=[robot.pk]), {"on": "0"}).status_code == 302
    robot.refresh_from_db()
    assert robot.is_on is False


def test_robots_of_another_district_do_not_exist(client, officer, group, kinds):
    robot = register(officer, group.url)
    login(client, hat(Role.BUREAU_OFFICER))
    assert client.get(reverse("people:robot-page", args=[robot.pk])).status_code == 404
    assert client.post(reverse("people:robot-switch", args=[robot.pk]), {"on": "0"}).status_code == 404
    login(client, hat(Role.PARTNER_OFFICER))
    assert client.get(reverse("people:robot-list")).status_code == 403


def test_people_without_mail_still_have_their_inbox(officer, group, takes, tell):
    register(officer, group.url)
    tell(officer.user, district=officer.organisation.district_id)
    assert (Notice.objects.count(), Delivery.objects.get().channel) == (1, "robot")
