"""TLS and client certificates with real handshakes."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ppbe_observe.errors import ListenError
from ppbe_observe.web.app import create_app
from ppbe_observe.web.readiness import Readiness
from ppbe_observe.web.server import WebServer
from support.processes import prometheus, require
from support.views import Watched, nothing_recorded
from support.webserver import LOOPBACK, exposition, serving


@dataclass(frozen=True, slots=True)
class Estate:
    """A directory with the server's certificate, a CA for clients, and one that nobody knows."""

    directory: Path
    servers: trustme.CA
    clients: trustme.CA
    strangers: trustme.CA

    def file(self, options: str) -> Path:
        text = f"tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n{options}"
        file = self.directory / "web.yaml"
        file.write_text(text)
        return file

    def issue(self) -> str:
        """Put a new server certificate in place and give its serial number as OpenSSL writes it."""
        leaf = self.servers.issue_cert("127.0.0.1", "localhost")
        leaf.private_key_pem.write_to_path(self.directory / "key.pem")
        cert = self.directory / "cert.new"
        cert.write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
        cert.replace(self.directory / "cert.pem")
        info = ssl._ssl._test_decode_cert(self.directory / "cert.pem")  # type: ignore[attr-defined]
        return str(info["serialNumber"])

    def client(self, ca: trustme.CA | None = None, *names: str) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.servers.configure_trust(context)
        if ca is not None:
            ca.issue_cert(*(names or ("prometheus.example",))).configure_cert(context)
        return context


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    made = Estate(tmp_path, trustme.CA(), trustme.CA(), trustme.CA())
    made.issue()
    made.clients.cert_pem.write_to_path(tmp_path / "clients.pem")
    return made


def status(server: WebServer, context: ssl.SSLContext, path: str = "/metrics") -> int:
    """The status of a scrape, or of a page; 0 where the server turned the connection away."""
    try:
        with httpx.Client(verify=context) as client:
            return client.get(server.url + path).status_code
    except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError):
        return 0


CA = "  client_ca_file: clients.pem\n"


@pytest.mark.parametrize(
    ("options", "statuses"),
    [
        ("  client_auth_type: NoClientCert\n", (200, 200, 200)),
        ("  client_auth_type: RequestClientCert\n", (200, 200, 200)),
        (f"  client_auth_type: RequireAnyClientCert\n{CA}", (0, 0, 200)),
        (f"  client_auth_type: VerifyClientCertIfGiven\n{CA}", (200, 0, 200)),
        (f"  client_auth_type: RequireAndVerifyClientCert\n{CA}", (0, 0, 200)),
    ],
)
@pytest.mark.parametrize("version", ["TLS12", "TLS13"])
def test_client_certificates(estate: Estate, options: str, statuses: tuple[int, int, int], version: str) -> None:
    """Without a certificate, with one of an unknown CA, with one of the CA in the file."""
    with serving(web_config=estate.file(f"  max_version: {version}\n{options}")) as server:
        clients = (estate.client(), estate.client(estate.strangers), estate.client(estate.clients))
        assert tuple(status(server, client) for client in clients) == statuses


@pytest.mark.parametrize("path", ["/", "/findings", "/availability.json", "/api/v1/findings", "/api/v1/openapi.json"])
def test_pages_and_api_stand_behind_the_same_certificates(estate: Estate, path: str) -> None:
    with serving(web_config=estate.file(f"  client_auth_type: RequireAndVerifyClientCert\n{CA}")) as server:
        clients = (estate.client(), estate.client(estate.strangers), estate.client(estate.clients))
        assert tuple(status(server, client, path) for client in clients) == (0, 0, 200)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prometheus.example", 200),
        ("10.1.2.3", 200),
        ("sre@example.com", 200),
        ("other.example", 0),
        ("sub.prometheus.example", 0),
    ],
)
def test_only_allowed_names_may_come_in(estate: Estate, name: str, expected: int) -> None:
    text = (
        f"  client_auth_type: RequireAndVerifyClientCert\n{CA}"
        "  client_allowed_sans: [prometheus.example, 10.1.2.3, sre@example.com]\n"
    )
    with serving(web_config=estate.file(text)) as server:
        assert status(server, estate.client(estate.clients, name)) == expected


@contextmanager
def connected(server: WebServer, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        yield wrapped


def test_old_versions_are_refused(estate: Estate) -> None:
    client = estate.client()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        serving(web_config=estate.file("  min_version: TLS13\n")) as server,
        pytest.raises(ssl.SSLError),
        connected(server, client),
    ):
        pass


def test_cipher_suites_and_curve(estate: Estate) -> None:
    client = estate.client()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    text = "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n  curve_preferences: [CurveP384]\n"
    with serving(web_config=estate.file(text)) as server:
        with connected(server, client) as wrapped:
            assert wrapped.cipher() == ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2", 256)
        client.set_ecdh_curve("prime256v1")
        with pytest.raises(ssl.SSLError), connected(server, client):
            pass


def test_suites_of_tls13_only_leave_no_older_version(estate: Estate) -> None:
    client = estate.client()
    with serving(web_config=estate.file("  cipher_suites: [TLS_AES_128_GCM_SHA256]\n")) as server:
        with connected(server, client) as wrapped:
            assert wrapped.version() == "TLSv1.3"
        client.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError), connected(server, client):
            pass


def serial(server: WebServer, context: ssl.SSLContext) -> str:
    with connected(server, context) as wrapped:
        certificate = wrapped.getpeercert()
        assert certificate is not None
        return str(certificate["serialNumber"])


def test_new_certificate_serves_new_connections_and_a_broken_one_does_not(estate: Estate) -> None:
    with serving(web_config=estate.file("")) as server, httpx.Client(verify=estate.client()) as kept:
        assert kept.get(f"{server.url}/healthz").status_code == 200
        first = serial(server, estate.client())
        second = estate.issue()
        time.sleep(1.05)
        assert serial(server, estate.client()) == second != first
        (estate.directory / "cert.pem").write_text("broken")
        time.sleep(1.05)
        assert serial(server, estate.client()) == second
        assert kept.get(f"{server.url}/healthz").status_code == 200


def test_client_ca_that_was_taken_away_is_no_longer_trusted(estate: Estate) -> None:
    text = f"  client_auth_type: RequireAndVerifyClientCert\n{CA}"
    with serving(web_config=estate.file(text)) as server:
        assert status(server, estate.client(estate.clients)) == 200
        estate.strangers.cert_pem.write_to_path(estate.directory / "clients.pem")
        time.sleep(1.05)
        assert status(server, estate.client(estate.clients)) == 0
        assert status(server, estate.client(estate.strangers)) == 200


def test_inline_pem(estate: Estate) -> None:
    pem = {name: (estate.directory / f"{name}.pem").read_text() for name in ("cert", "key", "clients")}
    block = {name: "".join(f"    {line}\n" for line in text.splitlines()) for name, text in pem.items()}
    file = estate.directory / "inline.yaml"
    file.write_text(
        f"tls_server_config:\n  cert: |\n{block['cert']}  key: |\n{block['key']}  client_ca: |\n{block['clients']}"
        "  client_auth_type: RequireAndVerifyClientCert\n"
    )
    with serving(web_config=file) as server:
        assert status(server, estate.client(estate.clients)) == 200
        assert status(server, estate.client(estate.strangers)) == 0


def refusal(file: Path) -> str:
    with pytest.raises(ListenError) as raised:
        WebServer(
            create_app(exposition(), ready=Readiness, views=Watched().views, availability=nothing_recorded),
            LOOPBACK,
            file,
        )
    return str(raised.value)


def test_key_of_another_certificate_is_refused(estate: Estate) -> None:
    estate.servers.issue_cert("x").private_key_pem.write_to_path(estate.directory / "key.pem")
    message = refusal(estate.file(""))
    assert "key_file" in message
    assert message.endswith("fix: two readable PEM files that belong together")


def test_missing_certificate_is_refused(estate: Estate) -> None:
    (estate.directory / "cert.pem").unlink()
    assert "No such file" in refusal(estate.file(""))


def test_encrypted_key_is_refused_and_asks_nobody(estate: Estate) -> None:
    key = load_pem_private_key((estate.directory / "key.pem").read_bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (estate.directory / "key.pem").write_bytes(locked)
    assert "the key is encrypted; fix: give a key_file without a password" in refusal(estate.file(""))


def test_client_ca_that_is_no_pem_is_refused(estate: Estate) -> None:
    (estate.directory / "clients.pem").write_text("x")
    text = f"  client_auth_type: RequireAndVerifyClientCert\n{CA}"
    assert "clients.pem cannot be used" in refusal(estate.file(text))


def test_curl_reads_the_page(estate: Estate) -> None:
    curl = require("curl")
    estate.servers.cert_pem.write_to_path(estate.directory / "ca.pem")
    with serving(web_config=estate.file("")) as server:
        command = [curl, "-sS", "--compressed", "--cacert", str(estate.directory / "ca.pem"), f"{server.url}/metrics"]
        text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    assert 'a{name="x"} 1\n' in text


def test_prometheus_scrapes_with_a_client_certificate(estate: Estate, tmp_path: Path) -> None:
    """The configuration that guards a real Prometheus guards us, and it reads OpenMetrics and gzip."""
    estate.servers.cert_pem.write_to_path(tmp_path / "ca.pem")
    leaf = estate.clients.issue_cert("prometheus.example")
    leaf.private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    text = f"  client_auth_type: RequireAndVerifyClientCert\n{CA}"
    with serving(web_config=estate.file(text)) as server:
        config = tmp_path / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            "scrape_configs:\n- job_name: ppbe-observe\n  scheme: https\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{server.port}']}}]\n"
            f"  tls_config: {{ca_file: {tmp_path}/ca.pem, cert_file: {tmp_path}/client.pem, "
            f"key_file: {tmp_path}/client.pem}}\n"
        )
        with prometheus(config, tmp_path) as peer:
            found = []
            for _ in range(100):
                found = peer.query('a{name="x"}')
                if found:
                    break
                time.sleep(0.1)
            assert [each["value"][1] for each in found] == ["1"]
            assert [each["value"][1] for each in peer.query("up")] == ["1"]
