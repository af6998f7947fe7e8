"""Neighbours that answer as no Prometheus does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@contextmanager
def answering(
    body: bytes, status: int = 200, asked: list[tuple[str, dict[str, list[str]]]] | None = None, silent: float = 0
) -> Iterator[str]:
    """A server that gives everybody the same answer, after so many seconds."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            (asked if asked is not None else []).append((path, parse_qs(query)))
            self._answer()

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            (asked if asked is not None else []).append((self.path, parse_qs(form)))
            self._answer()

        def _answer(self) -> None:
            ended.wait(silent)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the tests look at what it was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            ended.set()
            server.shutdown()
