"""PPBE/API, what the product publishes itself; and PPBE/Load, as many metrics as were asked for."""

from collections.abc import Iterator

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.plane.signals import Events, Latency, Level, Signal
from ppbe_observe.simulate.workload.maker import Maker, Reported

NAMESPACE = "PPBE/API"
LOAD = "PPBE/Load"
_METRICS_OF_A_SHARD = 20


def application_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """The product's own numbers, where it runs."""
    env = deployment.env
    if not env.tasks:
        return
    calls = Events(env.requests_per_minute * 0.4, sparse=False)
    reported = (
        Reported("BudgetLinesSubmitted", "Count", Events(env.requests_per_minute * 0.05, sparse=False, each=False)),
        Reported("ReportQueueDepth", "Count", Level(1.0, 9.0, 3.0, whole=True)),
        Reported("ExternalCallDuration", "Milliseconds", Latency(80.0, 0.5, calls)),
    )
    dimensions = {"Environment": env.name, "Service": "ppbe-api"}
    yield from make.all(NAMESPACE, reported, dimensions, scope=env.name, key=env.prefix)


def load_series(make: Maker, count: int) -> Iterator[Series]:
    """So many metrics, twenty to a shard, gauges and counts in turn."""
    gauge: Signal = Level(40.0, 30.0, 10.0)
    events: Signal = Events(50.0, sparse=False, each=False)
    for number in range(count):
        shard, place = divmod(number, _METRICS_OF_A_SHARD)
        kind, signal = ("Level", gauge) if place % 2 else ("Events", events)
        reported = Reported(f"{kind}{place:02d}", "None" if place % 2 else "Count", signal)
        yield make.one(LOAD, reported, {"Shard": f"{shard:05d}"})
