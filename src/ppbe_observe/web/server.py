"""The web server in a thread of its own: it listens before anything is collected, and until the very end."""

import errno
import os
import socket
import threading
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ppbe_observe.errors import ListenError
from ppbe_observe.settings.values import Listen
from ppbe_observe.web.guard import Guard
from ppbe_observe.web.middleware import AccessLog, BasicAuth, RateLimit, SecurityHeaders
from ppbe_observe.web.passwords import Passwords
from ppbe_observe.web.tls import FollowingContext

_BACKLOG = 4096  # connections that wait to be accepted: a thousand scrapes may come at once
_KEEP_ALIVE = 150  # seconds; longer than usual scrape intervals, so that Prometheus keeps its connection
_STARTS_WITHIN = 10.0  # seconds; it takes milliseconds
_LOOK_EVERY = 0.005  # seconds


class _Protocol(HttpToolsProtocol):
    """Leaves the access log to ``middleware.AccessLog``, which knows what not to log.

    ``Config(access_log=False)`` would take the handlers off the logger.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False


class WebServer:
    """Serves an ASGI application, guarded as the web configuration says, but for the logins to the paths ``own_login``.

    Raises:
        ListenError: The web configuration is wrong.
    """

    def __init__(
        self,
        app: ASGIApp,
        listen: Listen,
        web_config: Path | None = None,
        *,
        stop_within: float = 10.0,
        own_login: frozenset[str] = frozenset(),
    ) -> None:
        self._listen = listen
        self._guard = Guard(web_config)
        self._passwords = Passwords()
        self._server = Server(self._config(app, stop_within, own_login))
        self._stop_within = stop_within
        self._thread: threading.Thread | None = None
        self._port = listen.port

    @property
    def port(self) -> int:
        """The port it listens on; where the settings say 0, the one that was free."""
        return self._port

    @property
    def url(self) -> str:
        """Where it answers, for people on this machine."""
        host = self._listen.host or "127.0.0.1"
        return f"{'https' if self._guard.tls else 'http'}://{Listen(host, self._port)}"

    def start(self) -> None:
        """Listen, and serve from a thread; returns when the first request may come.

        Raises:
            ListenError: The address cannot be had.
        """
        listener = _listen(self._listen)
        self._port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="web", daemon=True)
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(_STARTS_WITHIN / _LOOK_EVERY)):
            if self._server.started or not self._thread.is_alive():
                break
            waited.wait(_LOOK_EVERY)
        if not self._server.started:
            raise ListenError(f"the web server did not start on {self._listen}; see the log for what it met")

    def stop(self) -> None:
        """Take no new connection, let answers under way end, and return; never later than twice ``stop_within``."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(self._stop_within + 1)
            self._server.force_exit = True
            self._thread.join(self._stop_within)
        self._passwords.close()

    def _serve(self, listener: socket.socket) -> None:
        self._server.run(sockets=[listener])

    def _config(self, app: ASGIApp, stop_within: float, own_login: frozenset[str]) -> Config:
        guarded = _guarded(BasicAuth(app, self._guard, self._passwords, own_login), self._guard)
        config = Config(
            guarded,
            loop="uvloop",
            http=_Protocol,
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=max(1, round(stop_within)),
        )
        config.load()
        if self._guard.tls:
            config.ssl = FollowingContext.of(self._guard.context)
        return config


def _guarded(app: ASGIApp, guard: Guard) -> ASGIApp:
    layers: ASGIApp = AccessLog(SecurityHeaders(RateLimit(app, guard), guard))

    async def http_only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await layers(scope, receive, send)

    return http_only


def _listen(listen: Listen) -> socket.socket:
    try:
        if not listen.host and socket.has_dualstack_ipv6():
            return socket.create_server(
                ("", listen.port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=True
            )
        family, _, _, _, address = socket.getaddrinfo(listen.host or "0.0.0.0", listen.port, type=socket.SOCK_STREAM)[0]  # noqa: S104 - the settings ask for every interface
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ListenError(f"cannot listen on {listen}: {_explained(error, listen)}") from None


def _explained(error: OSError, listen: Listen) -> str:
    if isinstance(error, socket.gaierror):
        return f"{listen.host} is not an address of this machine; fix: set web.listen to one that is"
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {listen.port} is in use; fix: stop who uses it (ss -ltnp 'sport = :{listen.port}'), or set "
            "web.listen to another port"
        )
    if error.errno == errno.EACCES:
        return f"port {listen.port} needs root; fix: set web.listen to a port above 1023"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{listen.host} is not an address of this machine; fix: set web.listen to one that is"
    return f"{os.strerror(error.errno or 0)}; fix: set web.listen to another address"
