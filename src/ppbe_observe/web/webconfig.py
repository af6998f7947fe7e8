"""The file that guards the web server, in the format of Prometheus' ``--web.config.file``.

https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md (November 2026). Differences:
where that format allows what Python's TLS cannot do, or what guards nothing, the file is refused with the
reason, and never taken for something weaker.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from ppbe_observe.errors import ListenError
from ppbe_observe.settings.base import Section
from ppbe_observe.settings.document import Document, DocumentError, parse
from ppbe_observe.settings.values import DurationOrZero

_BCRYPT = re.compile(r"\$2[abxy]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}\Z")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*\Z")
_UNVERIFIED = frozenset({"RequestClientCert", "RequireAnyClientCert", "RequireClientCert"})

Version = Literal["TLS12", "TLS13"]
ClientAuth = Literal[
    "NoClientCert",
    "RequestClientCert",
    "RequireAnyClientCert",
    "RequireClientCert",
    "VerifyClientCertIfGiven",
    "RequireAndVerifyClientCert",
]
# The suites of Go's tls.CipherSuites() that are not of TLS 1.3, under OpenSSL's names.
CIPHERS = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
# Go accepts these names and always offers all three, whatever is listed; so does this server.
_TLS13_CIPHERS = frozenset({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})
CURVES = {"CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1", "X25519": "X25519"}
_HEADERS = {
    "Content-Security-Policy": None,
    "X-Frame-Options": {"deny", "sameorigin"},
    "X-Content-Type-Options": {"nosniff"},
    "X-XSS-Protection": None,
    "Strict-Transport-Security": None,
}


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("web_config", message)


def _cipher(name: str) -> str:
    if name not in CIPHERS and name not in _TLS13_CIPHERS:
        raise _wrong(f"no cipher suite {name!r}; fix: take names of Go's tls.CipherSuites(): {', '.join(CIPHERS)}")
    return name


def _bcrypt(secret: SecretStr) -> SecretStr:
    if not _BCRYPT.match(secret.get_secret_value()):
        raise _wrong("not a bcrypt hash; fix: write what `htpasswd -nBC 10 USER` prints behind the colon")
    return secret


class TlsServer(Section):
    """``tls_server_config``."""

    cert: str = ""
    key: SecretStr = SecretStr("")
    client_ca: str = ""
    cert_file: Path | None = None
    key_file: Path | None = None
    client_auth_type: ClientAuth = "NoClientCert"
    client_ca_file: Path | None = None
    client_allowed_sans: tuple[str, ...] = ()
    min_version: Version = "TLS12"
    max_version: Version = "TLS13"
    cipher_suites: tuple[Annotated[str, AfterValidator(_cipher)], ...] = ()
    prefer_server_cipher_suites: bool = True
    curve_preferences: tuple[Literal["CurveP256", "CurveP384", "CurveP521", "X25519"], ...] = Field(
        default=(), max_length=1
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.cert) == bool(self.cert_file):
            raise _wrong("give one of cert_file and cert")
        if bool(self.key.get_secret_value()) == bool(self.key_file):
            raise _wrong("give one of key_file and key")
        if self.min_version > self.max_version:
            raise _wrong("min_version is above max_version")
        return self

    @model_validator(mode="after")
    def _clients(self) -> Self:
        has_ca = bool(self.client_ca) or self.client_ca_file is not None
        if self.client_ca and self.client_ca_file:
            raise _wrong("give one of client_ca_file and client_ca")
        if has_ca and self.client_auth_type == "NoClientCert":
            raise _wrong("a client CA without client_auth_type; fix: client_auth_type: RequireAndVerifyClientCert")
        if self.client_auth_type in _UNVERIFIED - {"RequestClientCert"} and not has_ca:
            raise _wrong(
                f"{self.client_auth_type} lets any self-made certificate in, which is not supported; fix: "
                "RequireAndVerifyClientCert with a client_ca_file"
            )
        if self.verifies and not has_ca:
            raise _wrong(f"{self.client_auth_type} needs a client_ca_file")
        if self.client_allowed_sans and not self.requires:
            raise _wrong("client_allowed_sans needs client_auth_type: RequireAndVerifyClientCert")
        return self

    @property
    def requires(self) -> bool:
        """Whether a client without a certificate is turned away.

        RequireAnyClientCert with a CA is verified too: Python's TLS cannot accept what it cannot verify, and the
        stricter reading is the safe one.
        """
        return self.client_auth_type in {"RequireAndVerifyClientCert", "RequireAnyClientCert", "RequireClientCert"}

    @property
    def verifies(self) -> bool:
        """Whether a certificate is asked for at all.

        RequestClientCert asks for one and looks at nothing of it: not asking guards exactly as much.
        """
        return self.requires or self.client_auth_type == "VerifyClientCertIfGiven"


class HttpServer(Section):
    """``http_server_config``. ``http2`` only permits it; this server speaks HTTP/1.1 either way."""

    http2: bool = True
    headers: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name, value in self.headers.items():
            if name not in _HEADERS:
                raise _wrong(f"header {name!r} cannot be set here; fix: one of {', '.join(_HEADERS)}")
            allowed = _HEADERS[name]
            if value and allowed and value.lower() not in allowed:
                raise _wrong(f"{name} is {value!r}; fix: {' or '.join(sorted(allowed))}")
            if not _HEADER_VALUE.match(value):
                raise _wrong(f"{name} holds a character that no header may have")
        return self


class RateLimit(Section):
    """``rate_limit``: a token bucket for all requests together; an interval of 0 switches it off."""

    interval: DurationOrZero = timedelta(0)
    burst: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.interval and not self.burst:
            raise _wrong("a burst of 0 refuses every request; fix: burst: 1 or more")
        return self


class WebConfig(Section):
    """The whole file; without it nothing is guarded."""

    tls_server_config: TlsServer | None = None
    http_server_config: HttpServer = HttpServer()
    basic_auth_users: dict[str, Annotated[SecretStr, AfterValidator(_bcrypt)]] = Field(default_factory=dict)
    rate_limit: RateLimit = RateLimit()


def read_web_config(path: Path) -> WebConfig:
    """Read the file; relative paths in it become relative to the file.

    Raises:
        ListenError: It cannot be read, or something in it is wrong; names file, line, key and fix.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ListenError(f"{path} cannot be read: {error}; fix web.config_file, or remove it") from None
    try:
        document = parse(text)
    except DocumentError as error:
        raise ListenError(f"{path}:{error.line}: {error}") from None
    return _below(path.parent, _validated(path, document))


def _validated(path: Path, document: Document) -> WebConfig:
    problems = [f"{path}:{each.line}: {_dotted(each.path)}: {each.message}" for each in document.problems]
    try:
        config = WebConfig.model_validate(_without_empty(document.data))
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)  # the input may be a secret
        problems += [_described(path, document, each) for each in details]
    if problems:
        raise ListenError("\n".join(problems))
    return config


def _without_empty(data: object) -> object:
    """Keys without a value, as in ``basic_auth_users:``, are as good as not there."""
    if isinstance(data, dict):
        return {key: _without_empty(value) for key, value in data.items() if value is not None}
    return data


def _described(path: Path, document: Document, error: ErrorDetails) -> str:
    where = error["loc"]
    while where and where not in document.lines:
        where = where[:-1]
    line = document.lines.get(where, 1)
    message = (
        "unknown key; fix: remove it, or correct its spelling" if error["type"] == "extra_forbidden" else error["msg"]
    )
    return f"{path}:{line}: {_dotted(error['loc']) or 'the file'}: {message}"


def _dotted(where: tuple[int | str, ...]) -> str:
    return ".".join(map(str, where))


def _below(directory: Path, config: WebConfig) -> WebConfig:
    tls = config.tls_server_config
    if tls is None:
        return config
    files = {name: getattr(tls, name) for name in ("cert_file", "key_file", "client_ca_file")}
    moved = {name: directory / file for name, file in files.items() if file is not None}
    return config.model_copy(update={"tls_server_config": tls.model_copy(update=moved)})
