"""The web configuration file: what is accepted, and how mistakes are told."""

from pathlib import Path

import pytest

from ppbe_observe.errors import ListenError
from ppbe_observe.web.webconfig import read_web_config

HASH = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"
TLS = "tls_server_config: {cert_file: a.pem, key_file: b.pem"


def written(directory: Path, text: str) -> Path:
    file = directory / "web.yaml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "basic_auth_users:\n",
        f"basic_auth_users: {{alice: '{HASH}', bob: {HASH.replace('2y', '2b')}}}",
        TLS + "}",
        TLS + ", client_auth_type: NoClientCert, min_version: TLS13, max_version: TLS13}",
        TLS + ", client_auth_type: RequestClientCert}",
        TLS + ", client_auth_type: RequestClientCert, client_ca_file: ca.pem}",
        TLS + ", client_auth_type: RequireAnyClientCert, client_ca_file: ca.pem}",
        TLS + ", client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem}",
        TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, client_allowed_sans: [x]}",
        TLS + ", cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]}",
        TLS + ", curve_preferences: [CurveP384], prefer_server_cipher_suites: false}",
        "tls_server_config: {cert: PEM, key: PEM}",
        "http_server_config: {http2: true}",
        "http_server_config: {http2: false, headers: {X-Frame-Options: sameorigin, X-Content-Type-Options: ''}}",
        "rate_limit: {interval: 1s, burst: 5}",
        "rate_limit: {interval: 0}",
    ],
)
def test_accepted(tmp_path: Path, text: str) -> None:
    read_web_config(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\n", "1: the file is not a mapping; fix: write `key: value` lines, targets first"),
        ("\nx: [", "2: not YAML: "),
        ("tls_server_conf: {}", "1: tls_server_conf: unknown key; fix: remove it, or correct its spelling"),
        (
            "tls_server_config:\n  cert_file: a\n  key_file: b\n  key_fil: c",
            "4: tls_server_config.key_fil: unknown key; fix: remove it, or correct its spelling",
        ),
        ("basic_auth_users:\n  alice: secret", "2: basic_auth_users.alice: not a bcrypt hash; fix: write what"),
        ("tls_server_config:\n  cert_file: a", "1: tls_server_config: give one of key_file and key"),
        ("tls_server_config:\n  key_file: a", "1: tls_server_config: give one of cert_file and cert"),
        (TLS + ", cert: PEM}", "1: tls_server_config: give one of cert_file and cert"),
        (TLS + ", client_auth_type: Always}", "1: tls_server_config.client_auth_type: Input should be 'NoClientCert'"),
        (TLS + ", client_ca_file: c}", "1: tls_server_config: a client CA without client_auth_type; fix:"),
        (
            TLS + ", client_auth_type: RequireAnyClientCert}",
            "1: tls_server_config: RequireAnyClientCert lets any self-made certificate in, which is not supported",
        ),
        (
            TLS + ", client_auth_type: RequireAndVerifyClientCert}",
            "1: tls_server_config: RequireAndVerifyClientCert needs a client_ca_file",
        ),
        (
            TLS + ", client_auth_type: VerifyClientCertIfGiven, client_ca_file: c, client_allowed_sans: [x]}",
            "1: tls_server_config: client_allowed_sans needs client_auth_type: RequireAndVerifyClientCert",
        ),
        (TLS + ", min_version: TLS11}", "1: tls_server_config.min_version: Input should be 'TLS12' or 'TLS13'"),
        (TLS + ", min_version: TLS13, max_version: TLS12}", "1: tls_server_config: min_version is above max_version"),
        (TLS + ", cipher_suites: ['RC4 {x}']}", "1: tls_server_config.cipher_suites.0: no cipher suite 'RC4 {x}'"),
        (
            TLS + ", curve_preferences: [CurveP256, X25519]}",
            "1: tls_server_config.curve_preferences: Tuple should have at most 1 item",
        ),
        (
            "http_server_config:\n  headers:\n    Server: x",
            "1: http_server_config: header 'Server' cannot be set here; fix: one of Content-Security-Policy",
        ),
        (
            "http_server_config: {headers: {X-Frame-Options: maybe}}",
            "1: http_server_config: X-Frame-Options is 'maybe'; fix: deny or sameorigin",
        ),
        (
            'http_server_config: {headers: {X-XSS-Protection: "a\\r\\nSet-Cookie: b"}}',
            "1: http_server_config: X-XSS-Protection holds a character that no header may have",
        ),
        ("rate_limit: {interval: 1s}", "1: rate_limit: a burst of 0 refuses every request; fix: burst: 1 or more"),
        ("rate_limit: {interval: soon}", "1: rate_limit.interval: Value error, 'soon' is not a duration"),
    ],
)
def test_mistake_is_told_with_line_and_key(tmp_path: Path, text: str, problem: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ListenError) as raised:
        read_web_config(file)
    assert str(raised.value).startswith(f"{file}:{problem}")


def test_all_mistakes_are_told_and_no_secret(tmp_path: Path) -> None:
    file = written(tmp_path, "basic_auth_users:\n  a: hunter2\n  b: hunter3\nx: 1\n")
    with pytest.raises(ListenError) as raised:
        read_web_config(file)
    assert [line.removeprefix(f"{file}:")[:1] for line in str(raised.value).splitlines()] == ["2", "3", "4"]
    assert "hunter" not in str(raised.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ListenError, match=r"absent\.yaml cannot be read: .*; fix web\.config_file, or remove it"):
        read_web_config(tmp_path / "absent.yaml")


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = read_web_config(written(tmp_path, "tls_server_config: {cert_file: a.pem, key_file: /k/b.pem}"))
    assert config.tls_server_config is not None
    assert config.tls_server_config.cert_file == tmp_path / "a.pem"
    assert config.tls_server_config.key_file == Path("/k/b.pem")
