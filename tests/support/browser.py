"""A real Chromium without a window, as Debian packages it, and what it says of a page that it is shown.

Invariant: nothing outside this machine is asked, whatever a page names; that it was named is a complaint.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page, Request, sync_playwright

from support.processes import require

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_FLAGS = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",)
_PAINTED = """() => new Promise(done => new PerformanceObserver(seen => {
    for (const each of seen.getEntriesByName("first-contentful-paint")) done(each.startTime);
}).observe({type: "paint", buffered: true}))"""
_NOT_LOADED = "Failed to load resource"
"""What Chromium says of an error status."""


class Visit:
    """A page that was opened; ``complaints`` are Chromium's, on its console and of what could not be had."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failure)

    def first_paint(self) -> float:
        """Seconds from the beginning of the visit until something could be read (first contentful paint)."""
        milliseconds: float = self.page.evaluate(_PAINTED)
        return milliseconds / 1000

    def _on_console(self, message: ConsoleMessage) -> None:
        """What a policy (CSP) forbade is on the console, too; the status of the page itself is the test's to judge."""
        own_status = message.text.startswith(_NOT_LOADED) and message.location["url"] == self.page.url
        if message.type == "error" and not own_status:
            self.complaints.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        """Nothing is to be had elsewhere."""
        address = urlsplit(request.url)
        if address.scheme != "data" and address.hostname not in _HERE:
            self.complaints.append(f"asks another site: {request.url}")

    def _on_failure(self, request: Request) -> None:
        """A request without an answer."""
        self.complaints.append(f"cannot have {request.url}: {request.failure}")


class Browser:
    """A running Chromium; each visit is that of a person who was never here before."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium

    @contextmanager
    def visit(self, url: str, scheme: Scheme = "light") -> Iterator[Visit]:
        """Open a page, as somebody sees it who prefers this colour scheme."""
        context = self._chromium.new_context(color_scheme=scheme, reduced_motion="reduce")
        try:
            visit = Visit(context.new_page())
            visit.page.goto(url)
            yield visit
        finally:
            context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of one's own, ended afterwards. While it runs, its thread can run no other event loop."""
    program = require(*_PROGRAMS)
    sandbox = os.geteuid() != 0  # Chromium refuses to be root's otherwise
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, chromium_sandbox=sandbox, args=_FLAGS)
        try:
            yield Browser(running)
        finally:
            running.close()
