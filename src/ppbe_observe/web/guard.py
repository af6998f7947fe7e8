"""The web configuration as it is now: read again when its file, or one that it names, has changed."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ppbe_observe.errors import ListenError
from ppbe_observe.web.tls import ServerContext, server_context
from ppbe_observe.web.webconfig import WebConfig, read_web_config

_LOOK_EVERY = 1.0  # seconds between looks at the files

_Stamp = tuple[tuple[int, int, int] | None, ...]

log = logging.getLogger("ppbe_observe.web")


class Guard:
    """Gives the current configuration and TLS context; a change that is wrong is logged and not applied.

    Raises:
        ListenError: The first reading found something wrong.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._config, self._context = self._read()
        self._stamp = self._look()
        self._looked = clock()
        self.tls = self._context is not None

    def config(self) -> WebConfig:
        """What guards requests."""
        self._refresh()
        return self._config

    def context(self) -> ServerContext:
        """What guards a new connection.

        Raises:
            ListenError: The server was started without TLS.
        """
        self._refresh()
        if self._context is None:
            raise ListenError(f"{self._path} has no tls_server_config")
        return self._context

    def _refresh(self) -> None:
        if self._path is None or self._clock() - self._looked < _LOOK_EVERY:
            return
        with self._lock:
            self._looked = self._clock()
            stamp = self._look()
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._apply()

    def _apply(self) -> None:
        try:
            config, context = self._read()
        except ListenError as error:
            log.error("web.config_refused", extra={"error": str(error)})  # noqa: TRY400 - the message is all there is to know
            return
        if (context is not None) != self.tls:
            log.error("web.config_refused", extra={"error": "TLS is switched on or off by a restart only"})
            return
        self._config, self._context = config, context
        self._stamp = self._look()  # the files that the new configuration names
        log.info("web.config_loaded", extra={"path": str(self._path)})

    def _read(self) -> tuple[WebConfig, ServerContext | None]:
        config = WebConfig() if self._path is None else read_web_config(self._path)
        tls = config.tls_server_config
        return config, server_context(tls) if tls else None

    def _look(self) -> _Stamp:
        tls = self._config.tls_server_config
        files = (tls.cert_file, tls.key_file, tls.client_ca_file) if tls else ()
        return tuple(_stamp(file) for file in (self._path, *files) if file is not None)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
