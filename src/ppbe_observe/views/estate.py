"""What pages and the API show of one daemon (``web.views.Views``). I/O through what is handed in.

Everything is in memory but incidents and what is remembered, which take one question to the state database, and what
Prometheus records, which is asked for beside.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ppbe_observe import __version__
from ppbe_observe.assessment.latest import Latest, Row
from ppbe_observe.assessment.remembering import Memory
from ppbe_observe.controls.tracking import key_of
from ppbe_observe.errors import NotYetError, StateError
from ppbe_observe.model import DailyState, Incident, Target, Tracked
from ppbe_observe.state.database import Database
from ppbe_observe.state.incident_search import Search, find, one
from ppbe_observe.views import controls, findings, freshness, incidents, objectives, overview
from ppbe_observe.views.asking import Asked, Pace, Told
from ppbe_observe.views.hiding import seen
from ppbe_observe.views.index import Indexed
from ppbe_observe.web.queries import ControlQuery, FindingQuery, IncidentQuery, IncidentState
from ppbe_observe.web.readiness import Readiness
from ppbe_observe.web.records.controls import ControlDetail, Controls
from ppbe_observe.web.records.findings import FindingDetail, Findings
from ppbe_observe.web.records.incidents import IncidentDetail, Incidents
from ppbe_observe.web.records.objectives import Alerts, Slos
from ppbe_observe.web.records.overview import Freshness, Link, Overview
from ppbe_observe.web.records.resources import ResourceRecord

DAYS = 90
"""Of the history of a control, today among them."""
LATE = 20
"""Exporters on targets that are late, in the overview."""
OPEN = 20
"""Open incidents in the overview."""
NAMING = 20
"""Incidents that name a resource, on its page."""
MOST_OPEN = 1000
"""Open incidents that firing alerts are looked for in."""
PACE = Pace(fresh=2.0, old=5.0)
"""For the open incidents: the overview must not wait while a job writes 100,000 findings."""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Where the records come from.

    Attributes:
        latest: What the last evaluation of every target found.
        awaited: The targets that are to be judged.
        memory: What is remembered of findings and controls.
        database: Holds the incidents.
        readiness: Who has lately succeeded.
        prometheus: What Prometheus has recorded; None where nobody has said where it is.
        enabled: Whether control checks are judged.
        environment: What is watched.
        links: Pages elsewhere, by their names.
        clock: Tells the time.
    """

    latest: Callable[[], Latest]
    awaited: Callable[[], Collection[Target]]
    memory: Memory
    database: Database
    readiness: Callable[[], Readiness]
    prometheus: Asked[objectives.Recorded] | None
    enabled: Callable[[], bool]
    environment: str
    links: Mapping[str, str]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Open:
    """The newest open incidents, and how many there are altogether."""

    newest: list[Incident]
    total: int


class EstateViews:
    """The records of one daemon."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._of = knowledge
        self._indexed = Indexed(self._latest)
        self._incidents = Asked(self._open_now, knowledge.clock, pace=PACE)

    def close(self) -> None:
        """Ask nobody any more."""
        self._incidents.close()
        if self._of.prometheus:
            self._of.prometheus.close()

    def overview(self) -> Overview:
        """The estate at a glance."""
        now, told, readiness = self._of.clock(), self._recorded(), self._of.readiness()
        opened, notice = self._open()
        state = overview.state(self._latest(), now, enabled=self._of.enabled())
        fresh = freshness.freshness(readiness)
        alerts, slos = objectives.alerts(told, opened.newest if opened else ()), objectives.slos(told)
        some = None if opened is None else _first(opened)
        health, reasons = overview.health(overview.Known(fresh, alerts, slos, some, state))
        return Overview(
            at=now,
            version=__version__,
            environment=self._of.environment,
            health=health,
            reasons=reasons,
            alerts=alerts,
            incidents=some,
            slos=slos,
            controls=state,
            fresh=fresh.ready,
            exporters=tuple(freshness.by_exporter(readiness)),
            late=tuple(each for each in fresh.items if not each.ready)[:LATE],
            links=tuple(Link(name=name, url=url) for name, url in self._of.links.items()),
            notice=notice,
        )

    def controls(self, query: ControlQuery, /) -> Controls:
        """The state of controls, indicators, families or services."""
        return controls.controls(self._latest(), query)

    def control(self, identifier: str, /) -> ControlDetail | None:
        """One control or indicator, in any notation."""
        latest = self._latest()
        found = controls.identified(latest, identifier)
        if found is None:
            if latest.rolled is None and controls.exists(identifier):
                self._wait_for_all(latest)
            return None
        kind, standing, _ = found
        days, notice = self._days(kind, standing.id)
        return controls.detail(latest, found, days, notice)

    def findings(self, query: FindingQuery, /) -> Findings:
        """Findings of the last evaluation of every target."""
        return findings.findings(self._indexed.now(), query, self._of.clock())

    def finding(self, identifier: str, /) -> FindingDetail | None:
        """One of them."""
        index = self._indexed.now()
        row = index.by_id.get(identifier)
        if row is None:
            self._wait_for_all(index.latest)
            return None
        tracked, notice = (row.tracked, "") if row.tracked else self._tracked(row)
        return findings.detail(row, tracked, self._of.clock(), notice)

    def resource(self, arn: str, /) -> ResourceRecord | None:
        """One resource that the last evaluation has seen."""
        index = self._indexed.now()
        rows = index.by_arn.get(arn)
        if not rows:
            self._wait_for_all(index.latest)
            return None
        now, resource = self._of.clock(), rows[0].line.finding.resource
        try:
            found, notice = find(self._of.database, Search(resource=arn, limit=NAMING))[0], ""
        except StateError as error:
            found, notice = [], f"Its incidents cannot be read: {error}"
        return ResourceRecord(
            arn=findings.summary(rows[0], now).resource,
            kind=resource.kind,
            account_id=resource.target.account_id,
            region=resource.target.region,
            partition=resource.target.partition,
            whole=arn.endswith(":*"),
            seen=seen(resource),
            findings=tuple(findings.summary(row, now) for row in rows),
            incidents=tuple(map(incidents.summary, found)),
            notice=notice,
        )

    def incidents(self, query: IncidentQuery, /) -> Incidents:
        """Incidents, the newest first."""
        is_open = None if query.state is None else query.state is IncidentState.OPEN
        search = Search(
            is_open, severity=query.severity, alert=query.alert, text=query.q, limit=query.limit, offset=query.offset
        )
        found, total = find(self._of.database, search)
        return incidents.incidents(found, total, query)

    def incident(self, identifier: str, /) -> IncidentDetail | None:
        """One of them."""
        found = one(self._of.database, identifier) if _ID.fullmatch(identifier) else None
        return incidents.detail(found) if found else None

    def slos(self) -> Slos:
        """How the objectives stand."""
        return objectives.slos(self._recorded())

    def alerts(self) -> Alerts:
        """What fires."""
        opened = self._open()[0]
        return objectives.alerts(self._recorded(), opened.newest if opened else ())

    def freshness(self) -> Freshness:
        """Every exporter on every target."""
        return freshness.freshness(self._of.readiness())

    def _wait_for_all(self, latest: Latest) -> None:
        """Raise NotYetError where what is not there may be of a target that was not judged since the start."""
        awaited = frozenset(self._of.awaited())
        missing = awaited - latest.judged.keys()
        if self._of.enabled() and (missing or not awaited):
            many = f"{len(missing)} of {len(awaited)} targets" if awaited else "the targets"
            raise NotYetError(f"Nobody can tell yet: {many} have not been judged since the start.")

    def _latest(self) -> Latest:
        return self._of.latest() if self._of.enabled() else Latest()

    def _recorded(self) -> Told[objectives.Recorded] | None:
        return self._of.prometheus.told() if self._of.prometheus else None

    def _open(self) -> tuple[_Open | None, str]:
        told = self._incidents.told()
        return told.answer, f"The incidents cannot be read: {told.error}" if told.error else ""

    def _open_now(self) -> _Open:
        return _Open(*find(self._of.database, Search(is_open=True, limit=MOST_OPEN)))

    def _days(self, subject: str, identifier: str) -> tuple[list[DailyState], str]:
        since = self._of.clock().date() - timedelta(days=DAYS - 1)
        try:
            return self._of.memory.days.of(subject, identifier, since), ""
        except StateError as error:
            return [], f"How it was on earlier days cannot be read: {error}"

    def _tracked(self, row: Row) -> tuple[Tracked | None, str]:
        """What is remembered of a finding that is not open."""
        try:
            return self._of.memory.findings.one(key_of(row.line.finding)), ""
        except StateError as error:
            return None, f"What is remembered of it cannot be read: {error}"


def _first(opened: _Open) -> Incidents:
    return incidents.incidents(opened.newest[:OPEN], opened.total, IncidentQuery(state=IncidentState.OPEN, limit=OPEN))
