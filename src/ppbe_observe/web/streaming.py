"""Sends a ready page, chunk by chunk, as fast as the client reads.

Every scrape of a generation is sent the same bytes objects. uvicorn's send waits while the socket is full, so
that a slow client holds one chunk and no copy of the page.
"""

import asyncio
import logging

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ppbe_observe.exposition.page import Page

_LONGEST = 120.0  # seconds for one page; Prometheus gives up after its scrape_timeout, 10 s unless told otherwise

log = logging.getLogger("ppbe_observe.web")


class PageResponse(Response):
    """A page as the answer to a GET or HEAD."""

    def __init__(self, page: Page, longest: float = _LONGEST) -> None:
        super().__init__(headers=_headers(page))
        self._page = page
        self._longest = longest

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        try:
            async with asyncio.timeout(self._longest):
                await self._send(scope, send)
        except TimeoutError:
            # Returning without the last chunk makes uvicorn close the connection: the client sees a short page.
            log.warning("web.client_too_slow", extra={"client": scope.get("client"), "seconds": self._longest})

    async def _send(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        chunks = self._page.chunks if scope["method"] != "HEAD" else ()
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _headers(page: Page) -> dict[str, str]:
    headers = {
        "content-type": page.content_type,
        "content-length": str(page.length),
        "vary": "Accept, Accept-Encoding",
    }
    if page.content_encoding:
        headers["content-encoding"] = page.content_encoding
    return headers
