"""Robots 群机器人: the bureau lets a group of its work chat hear some kinds of notices. They carry no names of persons."""

import base64
import hashlib
import hmac
import json
from urllib.parse import quote_plus

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from people import audit, links, notices
from people.access import require
from people.actors import Actor
from people.faults import Refusal
from people.models import Delivery, District, Robot
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock, outbound
from portal.lib.errors import Refused

MOST_ADDRESS = 1000
TOO_FAST = {45009, 130101, 130102, 410100, 660026}  # what WeCom and DingTalk answer to more than 20 a minute


@verb
def register(
    district: District, *, by: Actor, name: str, form: str, address: str, secret: str = "", kinds: list[str]
) -> Robot:
    """Add a robot. Raises Refused where the address can't be called or a kind can't be said in a group."""
    require(by, Permission.ROBOT_EDIT, district)
    robot = Robot(district=district, name=name, form=form, kinds=_sayable(kinds))
    _seal(robot, address, secret)
    robot.changed_at, robot.changed_by_id = clock.now(), _who(by)
    robot.save(force_insert=True)
    audit.record("robot.register", robot, by=by, host=robot.host, kinds=robot.kinds)
    return robot


@verb
def change(
    robot: Robot, *, by: Actor, name: str, form: str, kinds: list[str], address: str = "", secret: str = ""
) -> None:
    """Change a robot; without a new address the sealed one stays, and so does its secret."""
    require(by, Permission.ROBOT_EDIT, robot)
    fields = ["name", "form", "kinds", "changed_at", "changed_by"]
    robot.name, robot.form, robot.kinds = name, form, _sayable(kinds)
    if address or secret:
        known, known_secret = robot.open()
        _seal(robot, address or known, secret or ("" if address else known_secret))
        fields += ["host", "sealed", "key_id"]
    robot.changed_at, robot.changed_by_id = clock.now(), _who(by)
    robot.save(update_fields=fields)
    audit.record("robot.change", robot, by=by, host=robot.host, kinds=robot.kinds, new_address=bool(address))


@verb
def switch(robot: Robot, *, by: Actor, on: bool) -> None:
    """Let it hear, or not; what waits for a robot that is off is dropped."""
    require(by, Permission.ROBOT_EDIT, robot)
    Robot.objects.filter(pk=robot.pk).update(is_on=on, changed_at=clock.now(), changed_by_id=_who(by))
    audit.record("robot.switch", robot, by=by, is_now="on" if on else "off")


def _who(by: Actor) -> int:
    assert by.user is not None, "robots are people's work"
    return by.user.pk


def _sayable(kinds: list[str]) -> list[str]:
    allowed = {kind.code for kind in notices.for_groups()}
    if not set(kinds) <= allowed:
        raise Refused("robot_kind", _("One of these kinds can't be told to a group."))
    return sorted(set(kinds))


def _seal(robot: Robot, address: str, secret: str) -> None:
    outbound.check(address)
    if len(address) > MOST_ADDRESS:
        raise Refused("address_needed", outbound.ADDRESS_NEEDED)
    robot.seal(address, secret)


def say(delivery: Delivery) -> None:
    """Post one notice to its robot's group, in Chinese, the language of the group. Raises Refusal."""
    robot, notice = delivery.robot, delivery.notice
    with override(settings.LANGUAGE_CODE):
        text = notices.group_text(notice, links.of(notice))
    address, secret = robot.open()
    if secret:
        address = signed(address, secret, stamp=int(clock.now().timestamp() * 1000))
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    try:
        answer = outbound.post(address, body, {"Content-Type": "application/json; charset=utf-8"})
    except outbound.Unreachable as away:
        raise Refusal(f"unreachable {away.code}") from None
    if answer.status != 200:
        raise Refusal(f"http {answer.status}", is_final=answer.status in (400, 401, 403, 404, 410))
    fault = _errcode(answer.body)
    if fault:
        raise Refusal(f"errcode {fault}", is_final=fault not in TOO_FAST and fault != -1)


def signed(address: str, secret: str, *, stamp: int) -> str:
    """DingTalk's signature: HMAC-SHA256 over stamp and secret, in base64, as a parameter of the address."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest))
    return f"{address}{'&' if '?' in address else '?'}timestamp={stamp}&sign={sign}"


def _errcode(body: bytes) -> int:
    """Both chats answer 200 and say in JSON whether they took it; what can't be read counts as busy (-1)."""
    try:
        return int(json.loads(body).get("errcode", 0))
    except (ValueError, AttributeError, TypeError):
        return -1
