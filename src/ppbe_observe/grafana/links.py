"""Where a dashboard or a panel leads to. Pure."""

from dataclasses import dataclass
from urllib.parse import quote

from ppbe_observe.errors import DefinitionError

TO = "/d/"
"""How the address of a dashboard begins."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address with a title.

    Attributes:
        title: What is there.
        url: The address; ``{runbooks}``, ``{daemon}``, ``{prometheus}`` and ``{alertmanager}`` are put in.
        keeps: Whether the time range and what is chosen go along, as to another dashboard.
    """

    title: str
    url: str
    keeps: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.url.strip():
            raise DefinitionError(f"a link needs a title and an address: {self!r}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where people find what dashboards lead to, without a slash at the end."""

    runbooks: str
    daemon: str
    prometheus: str
    alertmanager: str

    def put_into(self, url: str) -> str:
        """The address with the places of its fields."""
        for name in ("runbooks", "daemon", "prometheus", "alertmanager"):
            url = url.replace(f"{{{name}}}", getattr(self, name))
        return url


def dashboard(slug: str, title: str) -> Link:
    """To another dashboard, by the name of its file."""
    return Link(title, f"{TO}{uid_of(slug)}", keeps=True)


def runbook(alert: str) -> Link:
    """To the runbook of an alert."""
    return Link(f"Runbook: {alert}", f"{{runbooks}}/{quote(alert)}")


def uid_of(slug: str) -> str:
    """The identity that a dashboard keeps in Grafana: ``ppbe-rds`` of ``dashboards/rds.py``."""
    return f"ppbe-{slug.replace('_', '-')}"
