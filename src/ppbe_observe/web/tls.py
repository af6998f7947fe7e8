"""TLS contexts from the web configuration, remade for new connections when a file has changed."""

import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ppbe_observe.errors import ListenError
from ppbe_observe.web.webconfig import CIPHERS, CURVES, TlsServer

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_DEFAULT_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # NIST SP 800-52r2: forward secrecy and authenticated encryption


class ServerContext(ssl.SSLContext):
    """A context that also knows the names its clients may have."""

    allowed_sans: frozenset[str] = frozenset()


class _NamedClient(ssl.SSLObject):
    """A connection whose client must have one of the allowed names in its certificate."""

    def do_handshake(self) -> None:
        """Shake hands, then look at the certificate that was verified in it."""
        super().do_handshake()
        context = self.context
        allowed = context.allowed_sans if isinstance(context, ServerContext) else frozenset()
        certificate = self.getpeercert() or {}
        names = {str(pair[1]) for pair in certificate.get("subjectAltName", ())}
        if not names & allowed:
            raise ssl.SSLCertVerificationError(f"none of the client's names {sorted(names)} is allowed")


class FollowingContext(ssl.SSLContext):
    """Hands every new connection to whatever context is current.

    asyncio and uvloop hold on to one context for the life of the server, and a context cannot forget a CA.
    """

    current: Callable[[], ssl.SSLContext]

    @classmethod
    def of(cls, current: Callable[[], ssl.SSLContext]) -> "FollowingContext":
        """A context that follows ``current``."""
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context.current = current
        return context

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        """Start one connection."""
        return self.current().wrap_bio(*args, **kwargs)


def server_context(tls: TlsServer) -> ServerContext:
    """The context that ``tls_server_config`` asks for.

    Raises:
        ListenError: A file cannot be read or is not what it should be.
    """
    context = ServerContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[tls.min_version]
    context.maximum_version = _VERSIONS[tls.max_version]
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    if tls.prefer_server_cipher_suites:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    else:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    _choose_ciphers(context, tls)
    for curve in tls.curve_preferences:
        context.set_ecdh_curve(CURVES[curve])
    _load_certificate(context, tls)
    if tls.verifies:
        _verify_clients(context, tls)
    return context


def _choose_ciphers(context: ServerContext, tls: TlsServer) -> None:
    if not tls.cipher_suites:
        context.set_ciphers(_DEFAULT_CIPHERS)
        return
    names = [CIPHERS[each] for each in tls.cipher_suites if each in CIPHERS]
    if names:
        context.set_ciphers(":".join(names))
    else:  # only suites of TLS 1.3 are named, so that no older version has one
        context.minimum_version = ssl.TLSVersion.TLSv1_3


def _load_certificate(context: ServerContext, tls: TlsServer) -> None:
    with _as_file(tls.cert_file, tls.cert) as cert, _as_file(tls.key_file, tls.key.get_secret_value()) as key:
        try:
            context.load_cert_chain(cert, key, password=_no_password)
        except (OSError, ssl.SSLError) as error:
            names = f"cert_file {tls.cert_file or 'cert'} with key_file {tls.key_file or 'key'}"
            raise ListenError(
                f"{names} cannot be used: {error}; fix: two readable PEM files that belong together"
            ) from None


def _verify_clients(context: ServerContext, tls: TlsServer) -> None:
    context.verify_mode = ssl.CERT_REQUIRED if tls.requires else ssl.CERT_OPTIONAL
    try:
        context.load_verify_locations(cafile=tls.client_ca_file, cadata=tls.client_ca or None)
    except (OSError, ssl.SSLError) as error:
        file = tls.client_ca_file or "client_ca"
        raise ListenError(f"client_ca_file {file} cannot be used: {error}; fix: a readable PEM file") from None
    if tls.client_allowed_sans:
        context.allowed_sans = frozenset(tls.client_allowed_sans)
        context.sslobject_class = _NamedClient


def _no_password() -> str:
    """OpenSSL would ask for it on the terminal and wait."""
    raise ListenError("the key is encrypted; fix: give a key_file without a password, readable by the daemon only")


@contextmanager
def _as_file(file: Path | None, text: str) -> Iterator[Path]:
    """OpenSSL's loader takes files only: an inline text is put into memory, and never on a disk."""
    if file is not None:
        yield file
        return
    descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
