"""Calls leave the house only for public addresses, judged after resolution."""

import socket
import threading

import pytest
from django.core.checks import run_checks

from portal.lib import outbound
from portal.lib.errors import Refused
from tests.lib.servers import Listener

PRIVATE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "::ffff:10.0.0.1",
    "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:a00:1::", "2001:db8::1", "fc00::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "nonsense",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "114.114.114.114", "223.5.5.5", "2400:3200::1")


@pytest.fixture
def loopback(settings):
    settings.OUTBOUND_LOOPBACK = True


@pytest.fixture
def names(monkeypatch):
    """What names resolve to: one list an asking, the last for ever."""
    book: dict[str, list[list[str]]] = {}
    plain = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host not in book:
            return plain(host, port, *args, **kwargs)
        found = book[host].pop(0) if len(book[host]) > 1 else book[host][0]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found
        ]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolve)
    return book


@pytest.fixture
def dialled(monkeypatch):
    """Addresses that a connection was opened to; nothing leaves."""
    seen = []

    def connect(address, timeout):
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    return seen


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_none_of_the_internet_s(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://a:b@example.com/",
        "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\r\nX: y", "https://例子.中国/",
        "file:///etc/passwd", "https://[::1", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest",
    ],
)  # fmt: skip
def test_check_refuses_what_is_never_called(url):
    with pytest.raises(Refused):
        outbound.check(url)


def test_check_takes_a_public_https_address():
    outbound.check("https://example.com:8443/hooks?key=1")
    outbound.check("https://8.8.8.8/")


@pytest.mark.parametrize("written", ["127.1", "2130706433", "0x7f000001", "localhost", "0177.0.0.1"])
def test_other_spellings_of_this_machine_are_seen_through(written, dialled):
    with pytest.raises(outbound.Unreachable) as refused:
        outbound.post(f"https://{written}/", b"", {})
    assert (refused.value.code, dialled) == ("address", [])


@pytest.mark.parametrize("answers", [["10.0.0.5"], ["8.8.8.8", "10.0.0.5"], ["2400:3200::1", "::1"]])
def test_a_name_that_leads_inside_is_not_called(names, dialled, answers):
    names["inside.example"] = [answers]
    with pytest.raises(outbound.Unreachable) as refused:
        outbound.post("https://inside.example/", b"", {})
    assert (refused.value.code, dialled) == ("address", [])


def test_the_connection_goes_to_the_address_that_was_judged(names, dialled):
    """Rebinding: the second answer of the name would lead inside, and is never asked for."""
    names["turns.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    with pytest.raises(outbound.Unreachable) as refused:
        outbound.post("https://turns.example/x", b"", {})
    assert (refused.value.code, dialled) == ("connection", [("8.8.8.8", 443)])


def test_a_name_that_nobody_knows_is_said(names):
    names["nobody.example"] = [[]]
    with pytest.raises(outbound.Unreachable) as refused:
        outbound.post("https://nobody.example/", b"", {})
    assert refused.value.code == "address"


def test_own_servers_are_called_under_the_switch_of_the_tests_only(settings):
    with Listener() as listener:
        with pytest.raises(outbound.Unreachable):
            outbound.post(listener.url, b"x", {})
        settings.OUTBOUND_LOOPBACK = True
        assert outbound.post(listener.url, b"hello", {"X-Own": "1"}).status == 204
    assert [(each.path, each.body, each.headers["x-own"]) for each in listener.heard] == [("/hook", b"hello", "1")]


def test_nothing_but_the_tests_may_carry_the_switch(settings):
    settings.OUTBOUND_LOOPBACK, settings.TESTING = True, False
    assert [fault.id for fault in run_checks(tags=["outbound"])] == ["portal.E001"]
    settings.OUTBOUND_LOOPBACK = False
    assert run_checks(tags=["outbound"]) == []


def test_a_redirect_is_an_answer_and_not_followed(loopback):
    with Listener() as other, Listener() as listener:
        listener.answer(307, Location=other.url)
        assert outbound.post(listener.url, b"", {}).status == 307
        assert other.heard == []


def test_retry_after_is_heard_in_seconds(loopback):
    with Listener() as listener:
        listener.answer(503, Retry_After="120")
        assert outbound.post(listener.url, b"", {}).retry_after == 120
        listener.answer(503, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")
        assert outbound.post(listener.url, b"", {}).retry_after == 0


def test_a_certificate_must_be_trusted_and_carry_the_name(loopback, tmp_path, monkeypatch, names):
    names["partner.example"] = names["stranger.example"] = [["127.0.0.1"]]
    listener = Listener()
    trust = listener.with_certificate(tmp_path, "partner.example")
    with listener:
        for host, context, expected in (
            ("partner.example", None, "tls"),
            ("stranger.example", trust, "tls"),
            ("partner.example", trust, 204),
        ):
            if context:
                monkeypatch.setattr(outbound, "trust", lambda context=context: context)
            try:
                found = outbound.post(f"https://{host}:{listener.port}/", b"", {}).status
            except outbound.Unreachable as fault:
                found = fault.code
            assert found == expected


def test_silence_and_dripping_end(loopback, monkeypatch):
    """A server that says nothing, and one that says a byte now and then: both end after their time."""
    monkeypatch.setattr(outbound, "QUIET_SECONDS", 0.3)
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.6)
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while not over.is_set():
            try:
                peer, _where = server.accept()
            except OSError:
                return
            with peer:
                drips = b"drip" in peer.recv(65536)
                while drips and not over.wait(0.1):
                    try:
                        peer.sendall(b"H")
                    except OSError:
                        break
                over.wait(0.5)

    threading.Thread(target=serve, daemon=True).start()
    try:
        for path in ("silence", "drip"):
            with pytest.raises(outbound.Unreachable) as fault:
                outbound.post(f"http://127.0.0.1:{server.getsockname()[1]}/{path}", b"", {})
            assert fault.value.code == "time", path
    finally:
        over.set()
        server.close()
