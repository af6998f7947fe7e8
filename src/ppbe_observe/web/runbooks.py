"""The runbooks as pages: Markdown files of one directory, by their names and those of their alerts.

I/O: they are read when they are asked for.

Invariant: nothing but a file of that directory is ever read; its text is escaped where it is no Markdown.
"""

import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PATH = "/runbooks"
_ALERTS = re.compile(r"^Alerts: (.*)$", re.MULTILINE)
"""What a page says near its top where it is about several alerts, or about one of another name."""


class Runbooks:
    """What a directory holds; it need not exist."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    @property
    def names(self) -> list[str]:
        """Every runbook there is."""
        found = self._directory.glob("*.md") if self._directory else ()
        return sorted(each.stem for each in found if _NAME.fullmatch(each.stem))

    async def index(self, _request: Request) -> Response:
        """The list of all."""
        items = "".join(f'<li><a href="{_PATH}/{name}">{name}</a></li>' for name in self.names)
        return _page("Runbooks", f"<h1>Runbooks</h1><ul>{items}</ul>")

    async def one(self, request: Request) -> Response:
        """One of them, or that of an alert; 404 with a way back where there is none of that name."""
        name = request.path_params["name"]
        text = self._text(name) or self._text(self.page_of(name))
        if text is None:
            said = f"<h1>No such runbook</h1><p>There is none called {escape(name)}.</p>"
            return _page("No such runbook", said, status=404)
        return _page(name, self._markdown.render(text))

    def page_of(self, alert: str) -> str:
        """The name of the page that says it is about an alert; empty where none does."""
        for name in self.names:
            found = _ALERTS.search(self._text(name) or "")
            if found and f"`{alert}`" in found[1]:
                return name
        return ""

    def _text(self, name: str) -> str | None:
        name = name.removesuffix(".md")  # as they link to each other
        if self._directory is None or not _NAME.fullmatch(name):
            return None
        try:
            return (self._directory / f"{name}.md").read_text("utf-8")
        except FileNotFoundError:
            return None


def _page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    back = f'<nav><a href="/">ppbe-observe</a> · <a href="{_PATH}">runbooks</a></nav>'
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head>{head}</head><body>{back}<main>{body}</main></body></html>\n', status
    )
