"""The quick-start guide: its blocks are one program, which runs here against a real server; both languages hold the same."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as configured
from standardwebhooks import Webhook

from activities.models import Booking
from credits import sweep
from partnerships.models import Enrolment
from portal.api import following
from portal.lib import clock as house_clock
from portal.systems import signing
from tests.factories import activities
from tests.factories import credits as make
from tests.factories.api import SECRET, a_client

DOCS = Path(configured.BASE_DIR) / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WHSEC = signing.shown(b"k" * 32)
NOW = 1_795_320_000
BODY = b'{"id":1,"type":"booking.confirmed","timestamp":"2026-11-22T12:00:00+08:00","data":{"type":"booking","id":"7"}}'


def blocks(name):
    return BLOCK.findall((DOCS / name).read_text(encoding="utf-8"))


def test_both_languages_show_the_same_program():
    assert blocks("api.md") == blocks("api.zh.md")
    assert len(blocks("api.md")) == 10


@pytest.mark.django_db(transaction=True)
def test_the_program_runs(live_server, monkeypatch, capsys, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # transactions of other tests in the same cluster hold the horizon back: a walk through the guide doesn't wait for them
    monkeypatch.setattr("people.models.event.Horizon", lambda: 2**62)
    monkeypatch.setattr(following, "boundary", lambda: 2**62)
    town = activities.a_town(pupils=3)
    activities.a_session(town.venue)
    world = make.world(of=town.district, pupils=2)
    make.attended(world)
    sweep.run()
    client = a_client(town.district)
    monkeypatch.setenv("GUANXIAO", f"{live_server.url}/api/v1")
    monkeypatch.setenv("GUANXIAO_CLIENT_ID", client.client_id)
    monkeypatch.setenv("GUANXIAO_CLIENT_SECRET", SECRET)
    names = {}
    exec(compile("\n".join(blocks("api.md")), "docs/api.md", "exec"), names)
    told = SimpleNamespace(**names)
    booking = Booking.objects.get(pk=told.booking["id"])
    assert told.again == told.booking
    assert (booking.school, booking.state, told.booking["state"]) == (town.school, "confirmed", "confirmed")
    assert Booking.objects.filter(session=booking.session).count() == 1
    assert told.refusal.status == 409
    assert told.seen[-2:] == [("booking.requested", str(booking.pk)), ("booking.confirmed", str(booking.pk))]
    assert [line["outcome"] for line in told.answer["lines"]] == ["new", "new"]
    assert Enrolment.objects.filter(school_class__school=town.school).count() == 6
    assert (len(told.entries), told.end["count"]) == (2, 2)
    assert "places left" in capsys.readouterr().out


# --- the verification that the guide hands out ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def verify():
    names = {"base64": base64, "json": json}
    (block,) = [text for text in blocks("api.md") if "def verify(" in text]
    exec(compile(block, "docs/api.md", "exec"), names)
    return names["verify"]


def headers(body=BODY, secret=b"k" * 32, message="msg_1", at=NOW, **changed):
    found = {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": signing.signature(secret, message, at, body),
    }
    return {name: value for name, value in (found | changed).items() if value is not None}


GOOD = headers()["webhook-signature"]
RAW = base64.b64decode(GOOD.removeprefix("v1,"))


def other_hash(name):
    return "v1," + base64.b64encode(hmac.new(b"k" * 32, f"msg_1.{NOW}.".encode() + BODY, name).digest()).decode()


def signature_of(text):
    return "v1," + base64.b64encode(hmac.new(b"k" * 32, text, hashlib.sha256).digest()).decode()


SIGNED = "webhook-signature"
BAD = {
    "another body": (headers(), BODY.replace(b"7", b"8")),
    "a space more": (headers(), BODY + b" "),
    "an empty body": (headers(), b""),
    "another key": (headers(secret=b"x" * 32), BODY),
    "a shorter key": (headers(secret=b"k" * 31), BODY),
    "the shown secret as key": (headers(secret=WHSEC.encode()), BODY),
    "another message": (headers() | {"webhook-id": "msg_2"}, BODY),
    "another time": (headers() | {"webhook-timestamp": str(NOW + 1)}, BODY),
    "too old": (headers(at=NOW - 301), BODY),
    "from the future": (headers(at=NOW + 301), BODY),
    "years ago": (headers(at=1), BODY),
    "no signature": (headers(**{SIGNED: None}), BODY),
    "an empty signature": (headers(**{SIGNED: ""}), BODY),
    "no id": (headers() | {"webhook-id": ""}, BODY),
    "id left out": ({k: v for k, v in headers().items() if k != "webhook-id"}, BODY),
    "time left out": ({k: v for k, v in headers().items() if k != "webhook-timestamp"}, BODY),
    "time in words": (headers() | {"webhook-timestamp": "now"}, BODY),
    "time with a sign": (headers() | {"webhook-timestamp": f"+{NOW}"}, BODY),
    "time with a fraction": (headers() | {"webhook-timestamp": f"{NOW}.0"}, BODY),
    "time in other digits": (headers() | {"webhook-timestamp": "１７９５３２００００"}, BODY),
    "no version": (headers(**{SIGNED: GOOD.removeprefix("v1,")}), BODY),
    "another version": (headers(**{SIGNED: GOOD.replace("v1,", "v2,")}), BODY),
    "the version of key pairs": (headers(**{SIGNED: GOOD.replace("v1,", "v1a,")}), BODY),
    "cut short": (headers(**{SIGNED: GOOD[:-2]}), BODY),
    "one sign changed": (headers(**{SIGNED: GOOD[:8] + ("A" if GOOD[8] != "A" else "B") + GOOD[9:]}), BODY),
    "capitals": (headers(**{SIGNED: GOOD.upper()}), BODY),
    "hexadecimal": (headers(**{SIGNED: "v1," + RAW.hex()}), BODY),
    "sha-1": (headers(**{SIGNED: other_hash("sha1")}), BODY),
    "sha-512": (headers(**{SIGNED: other_hash("sha512")}), BODY),
    "the body alone": (headers(**{SIGNED: signature_of(BODY)}), BODY),
    "another order": (headers(**{SIGNED: signature_of(f"{NOW}.msg_1.".encode() + BODY)}), BODY),
    "no dots": (headers(**{SIGNED: signature_of(f"msg_1{NOW}".encode() + BODY)}), BODY),
    "commas between": (headers(**{SIGNED: f"v1,x,{GOOD}"}), BODY),
    "letters of another script": (headers(**{SIGNED: "v1,签名"}), BODY),
    "unsigned": (headers(**{SIGNED: "v1,"}), BODY),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_signatures_are_refused(verify, what):
    given, body = BAD[what]
    with pytest.raises(ValueError, match=r"headers|old|signed"):
        verify(WHSEC, given, body, now=NOW)


def test_there_are_thirty_of_them():
    assert len(BAD) >= 30


def test_good_signatures_are_taken_by_the_guide_and_by_the_standard_s_library(verify):
    now = int(time.time())
    for at in (now, now - 200, now + 200):
        given = headers(at=at)
        assert verify(WHSEC, given, BODY) == json.loads(BODY)
        assert Webhook(WHSEC).verify(BODY, given) == json.loads(BODY)
    upper = {name.title(): value for name, value in headers().items()}
    assert verify(WHSEC, upper, BODY, now=NOW)["type"] == "booking.confirmed"


def test_of_two_signatures_one_is_enough(verify):
    both = f"{signing.signature(b'new' * 11, 'msg_1', NOW, BODY)} {GOOD}"
    assert verify(WHSEC, headers(**{SIGNED: both}), BODY, now=NOW)


def test_the_library_s_signatures_are_ours():
    at = dt.datetime.fromtimestamp(NOW, dt.UTC)
    assert Webhook(WHSEC).sign("msg_1", at, BODY.decode()) == GOOD
    assert house_clock.now().tzinfo is not None
