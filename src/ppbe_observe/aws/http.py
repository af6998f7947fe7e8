"""The one place where bytes go to AWS and come back: pooled, verified, bounded in time and size.

Serves the thin transport and, through a hook, boto3's clients, so that all of them share connections and
certificate authorities and none of them outlives its deadline. Proxies and certificate authorities are
found by botocore's own functions. Errors are botocore's, so that its retries understand them.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.httpsession import ProxyConfiguration, get_cert_path, mask_proxy_url
from botocore.utils import get_environ_proxies
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, ProxyManager, Timeout
from urllib3 import exceptions as http_errors

from ppbe_observe.aws import deadline
from ppbe_observe.aws.sockets import Pool, TlsPool, tls_context
from ppbe_observe.errors import SettingsError

_CHUNK = 256 * 1024  # bytes
_HOSTS = 4096  # pools kept: far more than services times regions, so that none in use is ever closed


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooLongError(boto.ResponseStreamingError):
    """An answer longer than the limit: not read to its end."""

    fmt = "the answer is longer than {limit} bytes"


@dataclass(frozen=True, slots=True)
class _Route:
    """How one origin is reached: straight or through a proxy."""

    pool: HTTPConnectionPool
    proxy: str | None


class HttpPool:
    """Sends requests over kept connections. Thread-safe."""

    def __init__(self, connect_timeout: float, read_timeout: float, max_answer: int, kept: int) -> None:
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._max_answer = max_answer
        self._kept = kept
        self._routes: dict[tuple[str, str | None], _Route] = {}
        self._managers: dict[tuple[str | None, str], PoolManager] = {}
        self._lock = threading.Lock()

    def send(
        self, method: str, address: str, headers: Mapping[str, str], body: Any, authorities: str | None = None
    ) -> HttpAnswer:
        """One request and its whole answer, within the deadline in force.

        Args:
            method: ``POST`` and so on.
            address: The URL.
            headers: Sent as they are.
            body: Bytes, text, a file or None.
            authorities: A file of certificate authorities; where None, those botocore comes with.

        Raises:
            botocore.exceptions.BotoCoreError: Nothing, or no whole answer, came back.
            SettingsError: The certificate authorities cannot be read.
        """
        origin = _origin(address)
        route = self._routes.get((origin, authorities)) or self._new_route(address, origin, authorities)
        timeout = self._timeout(address)
        with _as_botocore(address, route.proxy):
            response = route.pool.urlopen(
                method,
                _target(address, origin, route.proxy),
                body=body,
                headers=headers,
                timeout=timeout,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
            return HttpAnswer(response.status, response.headers, self._read(response))

    def close(self) -> None:
        """Close the kept connections; the next request opens new ones."""
        with self._lock:
            self._routes.clear()
            for manager in self._managers.values():
                manager.clear()

    def _timeout(self, address: str) -> Timeout:
        left = deadline.remaining()
        if left <= 0:
            raise boto.ReadTimeoutError(endpoint_url=address, error="the deadline has passed")
        return Timeout(connect=min(self._connect_timeout, left), read=self._read_timeout)

    def _read(self, response: BaseHTTPResponse) -> bytes:
        known = response.length_remaining
        if known is not None and known <= self._max_answer:
            return response.read(decode_content=False)
        chunks: list[bytes] = []
        length = 0
        for chunk in response.stream(_CHUNK, decode_content=False):
            length += len(chunk)
            if length > self._max_answer:
                response.close()
                raise TooLongError(limit=self._max_answer)
            chunks.append(chunk)
        return b"".join(chunks)

    def _new_route(self, address: str, origin: str, authorities: str | None) -> _Route:
        proxy = ProxyConfiguration(get_environ_proxies(address)).proxy_url_for(address)
        trusted = authorities or str(get_cert_path(verify=True))
        with self._lock:
            if (proxy, trusted) not in self._managers:
                self._managers[proxy, trusted] = self._new_manager(proxy, trusted)
            route = _Route(self._managers[proxy, trusted].connection_from_url(address), proxy)
            return self._routes.setdefault((origin, authorities), route)

    def _new_manager(self, proxy: str | None, authorities: str) -> PoolManager:
        options: dict[str, Any] = {"num_pools": _HOSTS, "maxsize": self._kept, "ssl_context": _context(authorities)}
        if proxy is None:
            manager = PoolManager(**options)
        else:
            headers = ProxyConfiguration().proxy_headers_for(proxy)
            manager = ProxyManager(proxy, proxy_headers=headers, **options)
        manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
        return manager


def _context(authorities: str) -> Any:
    try:
        return tls_context(authorities)
    except OSError as error:
        raise SettingsError(
            f"certificate authorities {authorities}: {error}; set AWS_CA_BUNDLE to a readable PEM file"
        ) from error


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _target(address: str, origin: str, proxy: str | None) -> str:
    if proxy is not None and address.startswith("http:"):
        return address  # a proxy is told the whole address where there is no tunnel
    return address.removeprefix(origin) or "/"


@contextmanager
def _as_botocore(address: str, proxy: str | None) -> Iterator[None]:
    try:
        yield
    except http_errors.SSLError as error:
        raise boto.SSLError(endpoint_url=address, error=error) from error
    except http_errors.ProxyError as error:
        raise boto.ProxyConnectionError(proxy_url=mask_proxy_url(str(proxy)), error=error) from error
    except http_errors.NewConnectionError as error:
        raise boto.EndpointConnectionError(endpoint_url=address, error=error) from error
    except http_errors.ConnectTimeoutError as error:
        raise boto.ConnectTimeoutError(endpoint_url=address, error=error) from error
    except http_errors.ReadTimeoutError as error:
        raise boto.ReadTimeoutError(endpoint_url=address, error=error) from error
    except http_errors.ProtocolError as error:
        raise _broken(address, error) from error
    except (http_errors.HTTPError, OSError) as error:
        raise boto.HTTPClientError(error=error) from error


def _broken(address: str, error: http_errors.ProtocolError) -> boto.BotoCoreError:
    """A reset is the network's; an answer that ends early or is no HTTP is the server's."""
    cause = error.args[1] if len(error.args) > 1 else error
    if isinstance(cause, HTTPException) and not isinstance(cause, OSError):
        return boto.ResponseStreamingError(error=error)
    return boto.ConnectionClosedError(endpoint_url=address, error=error, request=None)
