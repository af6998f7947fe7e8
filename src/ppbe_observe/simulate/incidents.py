"""Named incidents: what they do to metrics and to calls, from their start to their end.

Invariants: incidents are never forgotten, so a datapoint of the past stays as the incident left it; the metrics
of an environment that has no incident are not touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ppbe_observe.simulate.calls import AwsCall
from ppbe_observe.simulate.effects import EFFECTS
from ppbe_observe.simulate.estate.places import WEST
from ppbe_observe.simulate.faults import Effect, Fault
from ppbe_observe.simulate.plane.aggregate import Aggregate
from ppbe_observe.simulate.plane.series import MINUTE, Identity

_ON_CALLS: Mapping[str, Fault] = MappingProxyType(
    {
        "throttling": Fault("cloudwatch:*", Effect.THROTTLED),
        "denied": Fault("*", Effect.DENIED),
        "slow": Fault("*", Effect.SLOW, seconds=5.0),
        "region-down": Fault("*", Effect.UNAVAILABLE, region=WEST),
    }
)
NAMES: tuple[str, ...] = (*EFFECTS, *_ON_CALLS)
_ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity"})  # AWS lets nobody deny it


class UnknownIncidentError(Exception):
    """No incident has that name; the message lists those that do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no incident is called {name!r}; there are: {', '.join(NAMES)}")


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, over or not. ``until`` is None while nobody knows when it ends."""

    name: str
    environment: str
    since: float
    until: float | None
    fault: Fault | None

    def active(self, second: float) -> bool:
        """Whether it goes on at that moment."""
        return self.since <= second and (self.until is None or second < self.until)


class Incidents:
    """All incidents so far."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all: tuple[Incident, ...] = ()
        self.since = float("inf")

    def start(
        self,
        name: str,
        *,
        environment: str = "production",
        region: str | None = None,
        operation: str | None = None,
        seconds: float | None = None,
        duration: float | None = None,
        ago: float = 0,
    ) -> Incident:
        """Begin an incident; one of that name that goes on is replaced.

        Args:
            name: One of ``NAMES``.
            environment: Whose metrics suffer.
            region: Where calls suffer; ``region-down`` is of the main region unless said.
            operation: Which calls are denied, throttled or slow, such as ``rds:DescribeDBInstances``.
            seconds: How long a slow answer takes.
            duration: Seconds from now after which it ends by itself.
            ago: Seconds since it began: its datapoints so far are revised.

        Raises:
            UnknownIncidentError: There is no such incident.
            ValueError: It would begin in the future.
        """
        fault = _fault(name, region, operation, seconds)
        now = self._clock()
        since = _before(now, ago)
        self.stop(name)
        incident = Incident(name, environment, since, None if duration is None else now + duration, fault)
        self._all = (*self._all, incident)
        self.since = min(self.since, since)
        return incident

    def stop(self, name: str, *, ago: float = 0) -> None:
        """End an incident, if it goes on: now, or so many seconds ago.

        Raises:
            UnknownIncidentError: There is no such incident.
            ValueError: It would end in the future.
        """
        if name not in NAMES:
            raise UnknownIncidentError(name)
        now = self._clock()
        until = _before(now, ago)
        self._all = tuple(
            replace(each, until=until) if each.name == name and each.active(now) else each for each in self._all
        )

    def stop_all(self) -> None:
        """End everything."""
        for name in NAMES:
            self.stop(name)

    def forget(self) -> None:
        """As if nothing had ever happened: for tests that share an estate."""
        self._all, self.since = (), float("inf")

    def active(self) -> tuple[Incident, ...]:
        """What goes on now."""
        now = self._clock()
        return tuple(each for each in self._all if each.active(now))

    def down(self) -> frozenset[str]:
        """The environments whose API is down now."""
        return frozenset(each.environment for each in self.active() if each.name == "api-down")

    def fault(self, call: AwsCall) -> Fault | None:
        """What the incidents of now do to a call."""
        for each in self.active():
            fault = each.fault
            if fault is None or not fault.meets(call):
                continue
            if fault.effect is not Effect.DENIED or call.name not in _ALWAYS_ALLOWED:
                return fault
        return None

    def apply(self, scope: str, series: Identity, second: int, cell: Aggregate | None) -> Aggregate | None:
        """The cell of one minute as the incidents of that minute leave it."""
        for each in self._all:
            if each.environment != scope or each.since >= second + MINUTE:
                continue
            if each.until is not None and each.until <= second:
                continue
            effect = EFFECTS.get(each.name, {}).get((series.namespace, series.metric))
            if effect is not None:
                cell = effect(cell, max(0.0, second - each.since))
        return cell


def _before(now: float, ago: float) -> float:
    if not 0 <= ago < float("inf"):
        raise ValueError(f"ago is {ago} seconds; give how long ago it was, 0 is now")
    return now - ago


def _fault(name: str, region: str | None, operation: str | None, seconds: float | None) -> Fault | None:
    usual = _ON_CALLS.get(name)
    if usual is None:
        return None
    return replace(
        usual,
        operation=operation or usual.operation,
        region=region or usual.region,
        seconds=usual.seconds if seconds is None else seconds,
    )
