"""Connections that keep to the deadline in force, however slowly the other side drips.

A socket's own timeout starts anew with every byte, so a server that sends one byte now and then holds a
thread for ever. These sockets shorten their timeout before each read to what is left of the deadline.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from ppbe_observe.aws import deadline


class _KeepsDeadline(socket.socket):
    """http.client reads with ``recv_into``; urllib3 reads with ``recv`` where TLS runs inside TLS."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        with _shortened(self):
            return super().recv_into(*args, **options)

    def recv(self, *args: Any, **options: Any) -> bytes:
        with _shortened(self):
            return super().recv(*args, **options)


class PlainSocket(_KeepsDeadline):
    """A TCP socket that keeps to the deadline."""


class TlsSocket(_KeepsDeadline, ssl.SSLSocket):
    """A TLS socket that keeps to the deadline."""


@contextmanager
def _shortened(sock: socket.socket) -> Iterator[None]:
    left = deadline.remaining()
    silence = sock.gettimeout()
    if silence is not None and silence <= left:
        yield
        return
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    sock.settimeout(left if left != float("inf") else None)
    try:
        yield
    finally:
        sock.settimeout(silence)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _keeping(super()._new_conn())


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _keeping(super()._new_conn())


def _keeping(sock: socket.socket) -> PlainSocket:
    silence = sock.gettimeout()
    keeping = PlainSocket(sock.family, sock.type, sock.proto, fileno=sock.detach())
    keeping.settimeout(silence)
    return keeping


class Pool(HTTPConnectionPool):
    """Connections to one host that keep to the deadline."""

    ConnectionCls = _Connection


class TlsPool(HTTPSConnectionPool):
    """TLS connections to one host that keep to the deadline; needs a context of ``tls_context``."""

    ConnectionCls = _TlsConnection


def tls_context(authorities: str) -> ssl.SSLContext:
    """Verifies servers by the certificate authorities in the file, TLS 1.2 or newer.

    Raises:
        OSError: The file cannot be read or holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=authorities)
    context.sslsocket_class = TlsSocket
    return context
