"""What pages and the API show, made of values: findings that were judged, incidents, and who has succeeded."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ppbe_observe.alerting.incidents import take
from ppbe_observe.alerting.slo.burn import HOUR
from ppbe_observe.alerting.slo.standing import Standing
from ppbe_observe.assessment.examiner import Examination
from ppbe_observe.assessment.latest import Board, judged
from ppbe_observe.assessment.remembering import Memory
from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.deadlines import Deadlines
from ppbe_observe.controls.rollup import count, roll_up
from ppbe_observe.controls.tracking import follow
from ppbe_observe.model import Finding, Outcome, Reason, Sighting, Target, Tracked
from ppbe_observe.model.availability_record import AvailabilityRecord, Look, record_of
from ppbe_observe.peers.prometheus import Result
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from ppbe_observe.views.asking import Asked
from ppbe_observe.views.estate import EstateViews, Knowledge
from ppbe_observe.views.objectives import Recorded
from ppbe_observe.web.readiness import Check as Ready
from ppbe_observe.web.readiness import Readiness
from support.findings import NOW, WEST, finding, thing_check
from support.incidents import ARN, sighting

RECENT = NOW + timedelta(minutes=5)
"""When the pages are looked at."""
THINGS = (thing_check(controls=("ac-2", "sc-28.1"), indicators=("KSI-SVC-SIN",)),)


@dataclass(slots=True)
class Watched:
    """An estate to look at, with a memory of its own; nothing was judged before ``judge``."""

    ready: Readiness = field(default_factory=lambda: Readiness((Ready("rds", WEST, ready=True, last_success=NOW),)))
    prometheus: Asked[Recorded] | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    url: str = "sqlite://"
    clock: Callable[[], datetime] = lambda: RECENT
    enabled: bool = True
    awaited: Collection[Target] | None = None
    """All that were judged, unless others are given."""
    board: Board = field(default_factory=Board, init=False)
    database: Database = field(init=False)
    memory: Memory = field(init=False)
    views: EstateViews = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        self.memory = Memory.of(self.database)
        self.views = EstateViews(
            Knowledge(
                latest=lambda: self.board.latest,
                awaited=lambda: self.board.latest.judged if self.awaited is None else self.awaited,
                memory=self.memory,
                database=self.database,
                readiness=lambda: self.ready,
                prometheus=self.prometheus,
                enabled=lambda: self.enabled,
                environment="production",
                links=self.links,
                clock=self.clock,
            )
        )

    def judge(
        self,
        findings: Iterable[Finding],
        checks: Sequence[Check] = THINGS,
        *,
        target: Target = WEST,
        tracked: Sequence[Tracked] | None = (),
    ) -> "Watched":
        """As after one evaluation of a target."""
        found = tuple(findings)
        self.board.put(judged(Examination(target, NOW, found, ()), checks, Deadlines(), tracked))
        every = (row.line.finding for each in self.board.latest.judged.values() for row in each.rows)
        self.board.rolled_up(roll_up(count(every), checks, catalog(), Baseline.CLASS_C), checks)
        return self


def fired(watched: Watched, *sightings: Sighting) -> None:
    """The incidents of these are remembered."""
    IncidentStore(watched.database).take(sightings, lambda around, given: take(around, given, given.starts))


def nothing_recorded(shown: int) -> AvailabilityRecord:
    """An availability record of which nothing is known."""
    return record_of((), Look(), RECENT, shown=shown, source="")


def busy_estate() -> Watched:
    """One with something of everything: findings of each outcome, history, incidents, budgets, and what is late."""
    told = Recorded(
        (
            Standing("api-availability", "api", {}, 0.999, 0.001, timedelta(days=30), 0.9995, 0.42, {HOUR: 1.5}),
            Standing("api-latency", "api", {"name": ARN}, 0.99, 0.01, timedelta(days=30), 1.0, -0.2),
            Standing("api-unknown", "api", {}, 0.99, 0.01, timedelta(days=30)),
        ),
        (Result({"alertname": "RdsCpuHigh", "name": ARN, "severity": "page", "escalation": "l1"}, ((0.0, 1.0),)),),
    )
    late = Ready("alb", WEST, ready=False, reason="elbv2:DescribeLoadBalancers: denied: no")
    ready = Readiness((late, Ready("rds", WEST, ready=True, last_success=NOW)))
    watched = Watched(
        ready=ready, prometheus=Asked(lambda: told, lambda: RECENT), links={"Grafana": "http://127.0.0.1:1"}
    )
    findings = [
        *(finding(f"bad-{number}", due=NOW.date() - timedelta(days=number)) for number in range(3)),
        finding("dark", Outcome.UNKNOWN, cause=Reason.DENIED, operation="things:Describe"),
        finding("good", Outcome.PASS),
        finding("other", Outcome.NOT_APPLICABLE),
    ]
    known = follow({}, findings, NOW - timedelta(days=40))
    watched.judge(findings, tracked=[each.tracked for each in known])
    for day in range(1, 30):
        state = ("fail", "pass", "unknown")[day % 3]
        watched.memory.days.record((RECENT - timedelta(days=day)).date(), {("control", "ac-2"): state})
    for each in (
        sighting(0, 5),
        sighting(10),
        sighting(15, step="l2"),
        sighting(20, alertname="Other", severity="ticket"),
    ):
        fired(watched, each)
    return watched
