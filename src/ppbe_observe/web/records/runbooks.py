"""The runbooks. Pure."""

from ppbe_observe.web.records.base import Record


class RunbookName(Record):
    """A runbook in a line."""

    name: str
    title: str
    alerts: tuple[str, ...]
    """The alerts that it is about."""


class Runbooks(Record):
    """Every runbook there is."""

    items: tuple[RunbookName, ...]


class Runbook(Record):
    """What to do about an alert."""

    name: str
    title: str
    alerts: tuple[str, ...]
    markdown: str
