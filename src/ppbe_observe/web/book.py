"""The runbooks: Markdown files of one directory, by their names and those of their alerts. I/O: read when asked for.

Invariant: nothing but a file of that directory is ever read.
"""

import re
from collections.abc import Callable
from pathlib import Path

from ppbe_observe.web.records.runbooks import Runbook, RunbookName, Runbooks

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_ALERTS = re.compile(r"^Alerts: (.*)$", re.MULTILINE)
"""What a page says near its top where it is about several alerts, or about one of another name."""
_ALERT = re.compile(r"`([A-Za-z0-9_]+)`")


class Book:
    """What a directory holds; it need not exist, and may be another one when it is looked at again."""

    def __init__(self, directory: Callable[[], Path | None]) -> None:
        self._directory = directory

    def all(self) -> Runbooks:
        """Every runbook there is."""
        found = (self._read(name) for name in self._names())
        names = (RunbookName(name=each.name, title=each.title, alerts=each.alerts) for each in found if each)
        return Runbooks(items=tuple(names))

    def one(self, name: str) -> Runbook | None:
        """One of them, or that of an alert."""
        return self._read(name.removesuffix(".md")) or self._about(name)

    def _about(self, alert: str) -> Runbook | None:
        found = (self._read(name) for name in self._names())
        return next((each for each in found if each and alert in each.alerts), None)

    def _names(self) -> list[str]:
        directory = self._directory()
        found = directory.glob("*.md") if directory else ()
        return sorted(each.stem for each in found if _NAME.fullmatch(each.stem))

    def _read(self, name: str) -> Runbook | None:
        directory = self._directory()
        if directory is None or not _NAME.fullmatch(name):
            return None
        try:
            text = (directory / f"{name}.md").read_text("utf-8")
        except FileNotFoundError:
            return None
        title, about = _TITLE.search(text), _ALERTS.search(text)
        alerts = tuple(_ALERT.findall(about[1])) if about else ()
        return Runbook(name=name, title=title[1] if title else name, alerts=alerts, markdown=text)
