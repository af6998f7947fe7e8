"""Somebody who is told: what Alertmanager's webhooks bring, on a free loopback port."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_WITHIN = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Told:
    """One notification: for whom, what, and how the sender showed who it is."""

    receiver: str
    body: dict[str, Any]
    authorization: str

    @property
    def alerts(self) -> list[tuple[str, str]]:
        """The status and the resource of each alert."""
        return [(each["status"], each["labels"].get("name", "")) for each in self.body["alerts"]]


@dataclass(frozen=True, slots=True)
class Listener:
    """What has arrived, in its order; the path of the address is the receiver's name."""

    url: str
    arrived: list[Told] = field(default_factory=list)

    def told(self, receiver: str, alertname: str = "") -> list[tuple[str, str]]:
        """The statuses and resources that a receiver was told of an alert."""
        found = [each for each in self.arrived if each.receiver == receiver]
        return [
            alert
            for each in found
            if not alertname or each.body["commonLabels"].get("alertname") == alertname
            for alert in each.alerts
        ]

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; fails with all that arrived."""
        deadline = time.monotonic() + _WITHIN
        while not holds():
            assert time.monotonic() < deadline, [(each.receiver, each.body) for each in self.arrived]
            time.sleep(0.05)


@contextmanager
def listening() -> Iterator[Listener]:
    """A server that takes whatever is posted."""
    found: list[Told] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.append(Told(self.path.strip("/"), body, self.headers.get("Authorization", "")))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield Listener(f"http://127.0.0.1:{server.server_address[1]}", found)
        finally:
            server.shutdown()
