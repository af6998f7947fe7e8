"""Bytes to AWS and back: verified, through a proxy where one is set, bounded, and never past the deadline."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from botocore import exceptions as boto

from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.failures import failure_of
from ppbe_observe.aws.http import HttpPool
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Reason
from support.aws_sessions import playing
from support.fake_aws import Exchange, FakeAws, Reply, answer, drip, drip_head, hang, raw, refuse

GOOD = raw(b"good")


@pytest.fixture
def pool() -> Iterator[HttpPool]:
    made = HttpPool(connect_timeout=0.5, read_timeout=0.5, max_answer=100_000, kept=8)
    yield made
    made.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def test_a_server_of_a_trusted_authority_is_spoken_to(pool: HttpPool, tls: ssl.SSLContext, bundle: str) -> None:
    with FakeAws(default=GOOD, tls=tls) as server:
        for _ in range(3):
            assert pool.send("POST", f"{server.url}/", {}, b"x", bundle).body == b"good"
    assert server.connections == 1


def test_a_server_of_an_unknown_authority_is_not(pool: HttpPool, tls: ssl.SSLContext) -> None:
    with FakeAws(default=GOOD, tls=tls) as server, pytest.raises(boto.SSLError, match="certificate verify failed"):
        pool.send("POST", f"{server.url}/", {}, b"secret")
    assert server.requests == []


def test_a_server_with_another_name_is_not(pool: HttpPool, tls: ssl.SSLContext, bundle: str) -> None:
    with FakeAws(default=GOOD, tls=tls) as server, pytest.raises(boto.SSLError, match="IP address mismatch"):
        pool.send("POST", server.url.replace("localhost", "127.0.0.1") + "/", {}, b"secret", bundle)


@pytest.mark.parametrize("fault", [hang, drip({}), drip_head()], ids=["hang", "drip", "drip head"])
def test_the_deadline_holds_under_tls_too(tls: ssl.SSLContext, bundle: str, fault: Reply) -> None:
    patient = HttpPool(connect_timeout=5, read_timeout=30, max_answer=100_000_000, kept=8)
    with FakeAws(default=fault, tls=tls) as server:
        started = time.monotonic()
        with pytest.raises(boto.ReadTimeoutError), within(started + 0.4):
            patient.send("POST", f"{server.url}/", {}, b"x", bundle)
        assert time.monotonic() - started < 0.8
    patient.close()


def test_authorities_are_found_as_botocore_finds_them(
    monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext, bundle: str
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", bundle)
    logs = answer({"logGroups": []})
    with FakeAws(default=logs, tls=tls) as server, playing(monkeypatch) as local:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        local.session().client("logs").describe_log_groups()
        local.transport().call("cloudwatch:ListMetrics", b"{}", time.monotonic() + 5)
    assert len(server.requests) == 2


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_an_error_that_says_what_to_set(
    pool: HttpPool, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=r"ca\.pem: .*; set AWS_CA_BUNDLE to a readable PEM file"):
        pool.send("POST", "https://localhost:1/", {}, b"", str(path))


def test_a_proxy_of_the_environment_is_used_and_told_the_whole_address(
    monkeypatch: pytest.MonkeyPatch, pool: HttpPool
) -> None:
    with FakeAws(default=GOOD) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("http://", "http://user:secret@"))
        assert pool.send("POST", "http://monitoring.test/x?y=z", {}, b"b").body == b"good"
    (request,) = proxy.requests
    assert request.path == "http://monitoring.test/x?y=z"
    assert request.headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="


def test_tls_goes_through_a_tunnel_and_a_proxy_that_refuses_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, pool: HttpPool
) -> None:
    with FakeAws(default=refuse("Forbidden", 403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:secret@"))
        with pytest.raises(boto.ProxyConnectionError) as caught:
            pool.send("POST", "https://monitoring.test/", {}, b"b")
    assert [(each.method, each.path) for each in proxy.requests] == [("CONNECT", "monitoring.test:443")]
    failure = failure_of(caught.value, "cloudwatch:ListMetrics")
    assert failure.reason is Reason.UNREACHABLE
    assert "secret" not in failure.detail


def test_hosts_that_need_no_proxy_are_reached_straight(monkeypatch: pytest.MonkeyPatch, pool: HttpPool) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeAws(default=GOOD) as server:
        assert pool.send("POST", f"{server.url}/", {}, b"b").body == b"good"


def chunks(exchange: Exchange) -> bool:
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(40):
        exchange.send(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
    exchange.send(b"0\r\n\r\n")
    return True


def test_an_answer_without_a_length_is_bounded_too(pool: HttpPool) -> None:
    roomy = HttpPool(0.5, 0.5, max_answer=40 * 0x1000, kept=8)
    with FakeAws(default=chunks) as server:
        assert len(roomy.send("POST", f"{server.url}/", {}, b"").body) == 40 * 0x1000
        with pytest.raises(boto.ResponseStreamingError, match="longer than 100000 bytes"):
            pool.send("POST", f"{server.url}/", {}, b"")
    roomy.close()


def test_a_redirect_is_not_followed(pool: HttpPool) -> None:
    """A signature is for one host."""
    with FakeAws(default=raw(b"", 307, {"Location": "http://127.0.0.1:1/"})) as server:
        assert pool.send("POST", f"{server.url}/", {}, b"").status == 307


def test_a_closed_pool_opens_anew(pool: HttpPool) -> None:
    with FakeAws(default=GOOD) as server:
        pool.send("POST", f"{server.url}/", {}, b"")
        pool.close()
        assert pool.send("POST", f"{server.url}/", {}, b"").body == b"good"


def test_a_kept_connection_that_the_server_has_closed_is_replaced(pool: HttpPool) -> None:
    def once(exchange: Exchange) -> bool:
        GOOD(exchange)
        return False

    with FakeAws(default=once) as server:
        for _ in range(3):
            assert pool.send("POST", f"{server.url}/", {}, b"").body == b"good"
            time.sleep(0.05)
    assert server.connections == 3
