"""Refuses requests whose address is longer than any that we write, before anything looks at it. Plain ASGI."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LONGEST_QUERY = 8192
"""Bytes: all parameters of a list at once, an ARN (2,048) and a text (2,048) percent-encoded among them."""
LONGEST_PATH = 8192
"""Bytes as sent: an ARN of 2,048 characters, each percent-encoded, fits."""
_TOO_LONG = 414


class Bounds:
    """Stands before the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        refusal = _refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> ASGIApp | None:
    path = scope.get("raw_path") or scope["path"].encode()
    for what, sent, longest in (("path", path, LONGEST_PATH), ("query", scope["query_string"], LONGEST_QUERY)):
        if len(sent) > longest:
            told = f"the {what} of the address has {len(sent)} bytes, at most {longest} are taken; ask for less"
            return PlainTextResponse(f"Refused: {told}.\n", _TOO_LONG)
    return None
