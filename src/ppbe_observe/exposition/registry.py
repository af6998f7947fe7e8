"""The daemon's own registry (prometheus_client) as rendered families.

prometheus_client's own encoder takes 16 microseconds for a series and escapes nothing that it does not
know of; this one takes two and shares the sanitising of everything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ppbe_observe.exposition.encoding import LabelBlocks, metric_name_is_valid, number
from ppbe_observe.exposition.rendered import Rendered, render

# Types whose samples text format 0.0.4 has no word for are shown as what they are made of.
_KINDS = {"info": "gauge", "stateset": "gauge", "gaugehistogram": "unknown"}
_KNOWN = frozenset({"counter", "gauge", "histogram", "summary", "unknown"})
_SUFFIXES = {"counter": "_total", "info": "_info"}
_CREATED = "_created"  # OpenMetrics' start times: one more series for each counter, which nobody asks for


@dataclass(frozen=True, slots=True)
class OwnFamily:
    """A family of the daemon's own metrics, with the name that text format 0.0.4 gives it."""

    name: str
    rendered: Rendered


class OwnRegistry:
    """Renders a registry; used by one thread, since it remembers the label sets of the last time."""

    def __init__(self, registry: Collector, label_length: int) -> None:
        self._registry = registry
        self._blocks = LabelBlocks(label_length)

    def families(self) -> list[OwnFamily]:
        """Every family that has a sample, by name."""
        series = 0
        found: dict[str, OwnFamily] = {}
        for metric in self._registry.collect():
            lines = list(self._lines(metric))
            series += len(lines)
            name = metric.name + _SUFFIXES.get(metric.type, "")
            if lines and metric_name_is_valid(name):
                found.setdefault(name, _family(name, metric, b"".join(lines)))
        self._blocks = self._blocks.next(series)
        return [found[name] for name in sorted(found)]

    def _lines(self, metric: Metric) -> Iterator[bytes]:
        created = metric.name + _CREATED
        encoded: dict[str, bytes] = {}
        for sample in metric.samples:
            if sample.name == created:
                continue
            name = encoded.get(sample.name) or encoded.setdefault(sample.name, sample.name.encode())
            block = self._blocks.of(tuple(sample.labels.items()))
            yield b"%b%b%b\n" % (name, block, number(sample.value))


def _family(name: str, metric: Metric, body: bytes) -> OwnFamily:
    kind = _KINDS.get(metric.type, metric.type)
    return OwnFamily(name, render(name, kind if kind in _KNOWN else "unknown", metric.documentation, (body,)))
