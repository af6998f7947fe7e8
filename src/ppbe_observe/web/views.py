"""Who gives the records: what the pages and the API need of the daemon."""

from collections.abc import Callable
from typing import Protocol

from ppbe_observe.model.availability_record import AvailabilityRecord
from ppbe_observe.web.queries import ControlQuery, FindingQuery, IncidentQuery
from ppbe_observe.web.records.controls import ControlDetail, Controls
from ppbe_observe.web.records.findings import FindingDetail, Findings
from ppbe_observe.web.records.incidents import IncidentDetail, Incidents
from ppbe_observe.web.records.objectives import Alerts, Slos
from ppbe_observe.web.records.overview import Freshness, Overview
from ppbe_observe.web.records.resources import ResourceRecord

Recorded = Callable[[int], AvailabilityRecord]
"""Gives the availability record of so many days and of today so far; may raise ``StateError``; called in a thread."""


class Views(Protocol):
    """Gives records from memory, or with one question to the state database; never from AWS. Called in threads.

    Each may raise ``StateError`` where all that it tells is in the state database, and that cannot be read. None is
    given where there is nothing of that name; ``NotYetError`` is raised where nobody can tell that yet.
    """

    def overview(self) -> Overview:
        """The estate at a glance."""
        ...

    def controls(self, query: ControlQuery, /) -> Controls:
        """The state of controls, indicators, families or services."""
        ...

    def control(self, identifier: str, /) -> ControlDetail | None:
        """One control or indicator, in any notation."""
        ...

    def findings(self, query: FindingQuery, /) -> Findings:
        """Findings of the last evaluation of every target."""
        ...

    def finding(self, identifier: str, /) -> FindingDetail | None:
        """One of them."""
        ...

    def resource(self, arn: str, /) -> ResourceRecord | None:
        """One resource that the last evaluation has seen."""
        ...

    def incidents(self, query: IncidentQuery, /) -> Incidents:
        """Incidents, the newest first."""
        ...

    def incident(self, identifier: str, /) -> IncidentDetail | None:
        """One of them."""
        ...

    def slos(self) -> Slos:
        """How the objectives stand."""
        ...

    def alerts(self) -> Alerts:
        """What fires."""
        ...

    def freshness(self) -> Freshness:
        """Every exporter on every target."""
        ...
